package org.virt.driver.qemu.internal.argv;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.config.Nodes;
import org.virt.driver.qemu.internal.config.Refusal;
import org.virt.model.domain.Clock;
import org.virt.model.domain.Cpu;
import org.virt.model.domain.DomainConfig;

/** Writes model, features and number of the virtual CPUs. */
final class CpuWriter {
  private static final String PATH = "/domain/cpu";

  private CpuWriter() {}

  static void write(Machine machine, CommandLine out) throws VirtException {
    DomainConfig config = machine.config();
    Cpu cpu = config.cpu == null ? new Cpu() : config.cpu;
    StringBuilder value = new StringBuilder(model(config, cpu));
    for (Cpu.Feature feature : cpu.features) {
      value.append(',').append(feature(feature));
    }
    for (Clock.Timer timer : config.clock.timers) {
      if ("kvmclock".equals(timer.name) && timer.present != null) {
        value.append(",kvmclock=").append(timer.present.equals("yes") ? "on" : "off");
      }
    }
    if (config.features != null
        && config.features.apic != null
        && config.features.apic.eoi != null) {
      value.append(",kvm-pv-eoi=").append(config.features.apic.eoi);
    }
    out.add("-cpu", value.toString(), "-smp", smp(config, cpu.topology));
  }

  private static String model(DomainConfig config, Cpu cpu) throws VirtException {
    if ("full".equals(cpu.check)) {
      throw Refusal.value(PATH + "/@check", cpu.check);
    }
    switch (cpu.mode == null ? "custom" : cpu.mode) {
      case "custom" -> {
        if (cpu.model == null || cpu.model.value == null) {
          return "qemu64";
        }
        return word(PATH + "/model", cpu.model.value.strip());
      }
      case "host-passthrough" -> {
        if (!"kvm".equals(config.type)) {
          throw Refusal.of(PATH + "/@mode", "'host-passthrough' needs a machine of type 'kvm'");
        }
        return "off".equals(cpu.migratable) ? "host,migratable=off" : "host,migratable=on";
      }
      case "maximum" -> {
        return "max";
      }
      default ->
          throw Refusal.of(
              PATH + "/@mode",
              "'" + cpu.mode + "' is not supported; use 'maximum', 'custom' or 'host-passthrough'");
    }
  }

  private static String feature(Cpu.Feature feature) throws VirtException {
    String state =
        switch (feature.policy == null ? "require" : feature.policy) {
          case "force", "require", "optional" -> "on";
          case "disable", "forbid" -> "off";
          default -> throw Refusal.value(PATH + "/feature/@policy", feature.policy);
        };
    String name = word(PATH + "/feature/@name", String.valueOf(feature.name));
    if (name.equals("pconfig")) {
      throw Refusal.of(PATH + "/feature/@name", "QEMU no longer has 'pconfig'");
    }
    // libvirt's spelling of this one is its own.
    name = name.equals("pclmuldq") ? "pclmulqdq" : name;
    return name.replace('_', '-') + "=" + state;
  }

  /** Names of models and features stand in a list of options: nothing else may hide in them. */
  private static String word(String path, String value) throws VirtException {
    if (!value.matches("[A-Za-z0-9_.+-]+")) {
      throw Refusal.value(path, value);
    }
    return value;
  }

  private static String smp(DomainConfig config, Cpu.Topology topology) throws VirtException {
    int count = config.vcpu.count();
    String current = config.vcpu.current;
    StringBuilder value = new StringBuilder();
    if (current == null || current.equals(Integer.toString(count))) {
      value.append(count);
    } else {
      int now = Nodes.number("/domain/vcpu/@current", current);
      value.append(now).append(",maxcpus=").append(count);
    }
    if (topology == null) {
      return value.append(",sockets=").append(count).append(",cores=1,threads=1").toString();
    }
    int sockets = part("sockets", topology.sockets);
    int dies = part("dies", topology.dies);
    int cores = part("cores", topology.cores);
    int threads = part("threads", topology.threads);
    if ((long) sockets * dies * cores * threads != count) {
      throw Refusal.of(PATH + "/topology", "its product is not the number of CPUs, " + count);
    }
    value.append(",sockets=").append(sockets);
    value.append(dies == 1 ? "" : ",dies=" + dies);
    return value.append(",cores=").append(cores).append(",threads=").append(threads).toString();
  }

  private static int part(String name, String value) throws VirtException {
    String path = PATH + "/topology/@" + name;
    int number = value == null ? 1 : Nodes.number(path, value);
    if (number < 1) {
      throw Refusal.value(path, value);
    }
    return number;
  }
}
