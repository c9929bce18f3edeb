package org.virt.format.vmx;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;

/** Virtual CPUs, their shape and their share of the host. */
final class CpuReader {
  private static final int LOW = 500;
  private static final int NORMAL = 1000;
  private static final int HIGH = 2000;

  private final VmxConfig vmx;
  private final int vcpus;

  CpuReader(VmxConfig vmx) throws VirtException {
    this.vmx = vmx;
    this.vcpus = positive("numvcpus", 1);
  }

  private int positive(String key, int absent) throws VirtException {
    long value = vmx.number(key, absent);
    if (value <= 0 || value > Integer.MAX_VALUE) {
      throw VmxConfig.invalid(key, vmx.get(key), "a number greater than 0");
    }
    return (int) value;
  }

  void read(XmlElement domain) throws VirtException {
    XmlElement vcpu = Xml.element("vcpu", "placement", "static", "cpuset", affinity());
    vcpu.append(Integer.toString(vcpus));
    domain.append(vcpu);
    String shares = vmx.get("sched.cpu.shares");
    if (shares != null) {
      domain.append(Xml.with(new XmlElement("", "cputune"), Xml.text("shares", shares(shares))));
    }
  }

  /** Returns how the CPUs are arranged, empty when each has a socket. */
  Optional<XmlElement> topology() throws VirtException {
    int cores = positive("cpuid.coresPerSocket", 1);
    if (cores == 1) {
      return Optional.empty();
    }
    if (vcpus % cores != 0) {
      throw VmxConfig.invalid(
          "numvcpus", Integer.toString(vcpus), "a multiple of cpuid.coresPerSocket, " + cores);
    }
    return Optional.of(
        Xml.with(
            new XmlElement("", "cpu"),
            Xml.element(
                "topology", "sockets", vcpus / cores, "dies", 1, "cores", cores, "threads", 1)));
  }

  private long shares(String shares) throws VirtException {
    return switch (shares.toLowerCase(Locale.ROOT)) {
      case "low" -> (long) vcpus * LOW;
      case "normal" -> (long) vcpus * NORMAL;
      case "high" -> (long) vcpus * HIGH;
      default -> vmx.number("sched.cpu.shares", 0);
    };
  }

  /** Returns the host CPUs as libvirt prints them, {@code 0-2,5}; null for all. */
  private String affinity() throws VirtException {
    String key = "sched.cpu.affinity";
    String value = vmx.get(key);
    if (value == null || value.equalsIgnoreCase("all")) {
      return null;
    }
    TreeSet<Integer> cpus = new TreeSet<>();
    String[] given = value.split(",", -1);
    for (String cpu : given) {
      if (!cpu.strip().matches("[0-9]{1,6}")) {
        throw VmxConfig.invalid(key, value, "'all' or numbers of CPUs with commas between");
      }
      cpus.add(Integer.valueOf(cpu.strip()));
    }
    if (given.length < vcpus) {
      throw VmxConfig.invalid(key, value, "a list of at least as many CPUs as numvcpus, " + vcpus);
    }
    return ranges(cpus);
  }

  private static String ranges(TreeSet<Integer> cpus) {
    List<String> ranges = new ArrayList<>();
    int first = cpus.first();
    int last = first;
    for (int cpu : cpus) {
      if (cpu > last + 1) {
        ranges.add(first == last ? "" + first : first + "-" + last);
        first = cpu;
      }
      last = cpu;
    }
    ranges.add(first == last ? "" + first : first + "-" + last);
    return String.join(",", ranges);
  }
}
