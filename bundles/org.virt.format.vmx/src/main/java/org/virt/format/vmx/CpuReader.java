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
  private static final String VCPUS = "numvcpus";

  /** As many host CPUs as a set has in libvirt. */
  private static final int HOST_CPUS = 16_384;

  private final VmxConfig vmx;
  private final int vcpus;

  CpuReader(VmxConfig vmx) throws VirtException {
    this.vmx = vmx;
    long given = vmx.number(VCPUS, 1);
    if (given <= 0 || given > Integer.MAX_VALUE) {
      throw VmxConfig.invalid(VCPUS, vmx.get(VCPUS), "a number greater than 0");
    }
    this.vcpus = (int) given;
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
    long cores = vmx.number("cpuid.coresPerSocket", 1);
    if (cores <= 1) {
      return Optional.empty();
    }
    if (vcpus % cores != 0) {
      throw VmxConfig.invalid(
          VCPUS, Integer.toString(vcpus), "a multiple of cpuid.coresPerSocket, " + cores);
    }
    return Optional.of(
        Xml.with(
            new XmlElement("", "cpu"),
            Xml.element(
                "topology", "sockets", vcpus / cores, "dies", 1, "cores", cores, "threads", 1)));
  }

  private String shares(String shares) throws VirtException {
    return switch (shares.toLowerCase(Locale.ROOT)) {
      case "low" -> Long.toString((long) vcpus * LOW);
      case "normal" -> Long.toString((long) vcpus * NORMAL);
      case "high" -> Long.toString((long) vcpus * HIGH);
      default -> {
        try {
          yield Long.toUnsignedString(Long.parseUnsignedLong(shares));
        } catch (NumberFormatException e) {
          throw VmxConfig.invalid("sched.cpu.shares", shares, "a number, low, normal or high");
        }
      }
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
      int number = Integer.parseInt(cpu.strip());
      if (number >= HOST_CPUS) {
        throw VmxConfig.invalid(key, value, "CPUs below " + HOST_CPUS);
      }
      cpus.add(number);
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
