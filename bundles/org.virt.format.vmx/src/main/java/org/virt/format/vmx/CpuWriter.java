package org.virt.format.vmx;

import static org.virt.format.vmx.VmxWriter.unsupported;

import java.util.Optional;
import java.util.TreeSet;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;
import org.virt.model.domain.DomainConfig;

/** Virtual CPUs, their shape and their share of the host. */
final class CpuWriter {
  private static final int MAX_AFFINITY = 4096;

  private final VmxConfig vmx;
  private final DomainConfig config;
  private final XmlElement domain;

  CpuWriter(VmxConfig vmx, DomainConfig config, XmlElement domain) {
    this.vmx = vmx;
    this.config = config;
    this.domain = domain;
  }

  /** Returns how the CPUs are arranged, where the XML says so. */
  static Optional<XmlElement> topology(XmlElement domain) {
    return domain.child("cpu").flatMap(cpu -> cpu.child("topology"));
  }

  void write() throws VirtException {
    int vcpus = config.vcpu.count();
    String current = Xml.attribute(domain, "vcpu", "current");
    if (current != null && VmxWriter.number("vcpu/@current", current) != vcpus) {
      throw unsupported("vcpu/@current", "a machine of VMware has all its virtual CPUs");
    }
    vmx.set("numvcpus", vcpus);
    if (domain.child("cpu").isPresent()) {
      String mode = Xml.attribute(domain, "cpu", "mode");
      if (mode != null && !mode.equals("custom")) {
        throw unsupported("cpu/@mode", "'" + mode + "' is not custom");
      }
      topology(vcpus);
    }
    if (config.vcpu.cpuset != null) {
      affinity(vcpus);
    }
    String shares = domain.child("cputune").map(t -> Xml.childText(t, "shares")).orElse(null);
    if (shares != null) {
      vmx.set("sched.cpu.shares", shares(VmxWriter.number("cputune/shares", shares), vcpus));
    }
  }

  private void topology(int vcpus) throws VirtException {
    XmlElement topology =
        topology(domain).orElseThrow(() -> unsupported("cpu/topology", "is missing"));
    if (!"1".equals(topology.attribute("threads"))) {
      throw unsupported("cpu/topology/@threads", "a core of VMware has one thread");
    }
    String dies = topology.attribute("dies");
    if (dies != null && !dies.equals("1")) {
      throw unsupported("cpu/topology/@dies", "a socket of VMware has one die");
    }
    int cores = VmxWriter.number("cpu/topology/@cores", topology.attribute("cores"));
    long sockets = VmxWriter.number("cpu/topology/@sockets", topology.attribute("sockets"));
    if (cores < 1 || sockets * cores != vcpus) {
      throw unsupported(
          "cpu/topology", "%d sockets of %d cores are not %d".formatted(sockets, cores, vcpus));
    }
    vmx.set("cpuid.coresPerSocket", cores);
  }

  private static String shares(int shares, int vcpus) {
    if (shares % vcpus != 0) {
      return Integer.toString(shares);
    }
    return switch (shares / vcpus) {
      case 500 -> "low";
      case 1000 -> "normal";
      case 2000 -> "high";
      default -> Integer.toString(shares);
    };
  }

  private void affinity(int vcpus) throws VirtException {
    TreeSet<Integer> cpus = new TreeSet<>();
    for (String part : config.vcpu.cpuset.strip().split(",", -1)) {
      boolean not = part.startsWith("^");
      String[] ends = (not ? part.substring(1) : part).split("-", 2);
      int first = VmxWriter.number("vcpu/@cpuset", ends[0].strip());
      int last = ends.length == 1 ? first : VmxWriter.number("vcpu/@cpuset", ends[1].strip());
      if (last >= MAX_AFFINITY) {
        throw unsupported("vcpu/@cpuset", last + " is no CPU");
      }
      for (int cpu = first; cpu <= last; cpu++) {
        if (not) {
          cpus.remove(cpu);
        } else {
          cpus.add(cpu);
        }
      }
    }
    if (cpus.size() < vcpus) {
      throw unsupported("vcpu/@cpuset", "has to name at least " + vcpus + " CPUs");
    }
    vmx.set("sched.cpu.affinity", String.join(",", cpus.stream().map(String::valueOf).toList()));
  }
}
