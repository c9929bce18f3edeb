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
    return Xml.child(domain, "cpu").flatMap(cpu -> Xml.child(cpu, "topology"));
  }

  void write() throws VirtException {
    int vcpus = config.vcpu.count();
    vmx.set("numvcpus", vcpus);
    if (topology(domain).isPresent()) {
      XmlElement topology = topology(domain).get();
      if (!"1".equals(topology.attribute("threads"))) {
        throw unsupported("cpu/topology/@threads", "a core of VMware has one thread");
      }
      int cores = VmxWriter.number("cpu/topology/@cores", topology.attribute("cores"));
      if (cores < 1 || vcpus % cores != 0) {
        throw unsupported("cpu/topology/@cores", cores + " does not divide the virtual CPUs");
      }
      vmx.set("cpuid.coresPerSocket", cores);
    }
    if (config.vcpu.cpuset != null) {
      affinity(vcpus);
    }
    String shares = Xml.child(domain, "cputune").map(t -> Xml.childText(t, "shares")).orElse(null);
    if (shares != null) {
      vmx.set("sched.cpu.shares", shares(VmxWriter.number("cputune/shares", shares), vcpus));
    }
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
