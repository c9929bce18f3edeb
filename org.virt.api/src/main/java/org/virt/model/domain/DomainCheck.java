package org.virt.model.domain;

import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;
import org.virt.model.domain.DomainConfig.Memory;

/** Checks a machine that was just read, and brings its values to the form that libvirt prints. */
final class DomainCheck {
  private static final List<String> ON_POWEROFF =
      List.of("destroy", "restart", "preserve", "rename-restart");
  private static final List<String> ON_CRASH =
      List.of(
          "destroy",
          "restart",
          "preserve",
          "rename-restart",
          "coredump-destroy",
          "coredump-restart");
  private static final int MAX_VCPUS = 65_536;
  private static final int UUID_DIGITS = 32;

  private final DomainConfig config;

  DomainCheck(DomainConfig config) {
    this.config = config;
  }

  /** Does all of it. */
  void run() throws VirtException {
    identity();
    memory();
    vcpus();
    if (config.os == null || config.os.type == null || isBlank(config.os.type.value)) {
      throw wrong("os/type", "is missing");
    }
    config.os.type.value = config.os.type.value.strip();
    if (config.clock == null) {
      config.clock = new Clock();
    }
    if (config.clock.offset == null) {
      config.clock.offset = "utc";
    }
    config.onPoweroff = action("on_poweroff", config.onPoweroff, ON_POWEROFF, "destroy");
    config.onReboot = action("on_reboot", config.onReboot, ON_POWEROFF, "restart");
    config.onCrash = action("on_crash", config.onCrash, ON_CRASH, "destroy");
    if (config.devices == null) {
      config.devices = new Devices();
    }
    DeviceCheck.run(config.devices);
  }

  private void identity() throws VirtException {
    if (isBlank(config.type)) {
      throw wrong("@type", "is missing");
    }
    if (isBlank(config.name)) {
      throw wrong("name", config.name == null ? "is missing" : "is empty");
    }
    // VMware's names are no names of files.
    boolean slash = config.name.indexOf('/') >= 0 && !config.type.equals("vmware");
    if (slash || config.name.indexOf('\n') >= 0) {
      throw wrong("name", "'" + config.name + "' holds a slash or a line end");
    }
    if (config.name.equals(".") || config.name.equals("..")) {
      throw wrong("name", "'" + config.name + "' cannot be a name");
    }
    if (config.uuid != null) {
      config.uuid = uuid(config.uuid);
    }
  }

  /** As libvirt reads it: 32 hexadecimal digits, hyphens and white space anywhere between. */
  private static String uuid(String text) throws VirtException {
    String digits = text.replaceAll("[-\\s]", "").toLowerCase(Locale.ROOT);
    boolean hex = digits.chars().allMatch(HexFormat::isHexDigit);
    if (digits.length() != UUID_DIGITS || !hex) {
      throw wrong("uuid", "'" + text + "' is not a UUID");
    }
    return digits.replaceFirst("(.{8})(.{4})(.{4})(.{4})", "$1-$2-$3-$4-");
  }

  private void memory() throws VirtException {
    if (config.memory == null) {
      config.memory = Memory.ofKib(numaMemory());
    }
    MemoryUnit.toKib(config.memory, "memory");
    if (config.memory.kib() == 0) {
      throw wrong("memory", "is 0");
    }
    if (config.currentMemory == null) {
      config.currentMemory = Memory.ofKib(config.memory.kib());
      return;
    }
    MemoryUnit.toKib(config.currentMemory, "currentMemory");
    long current = config.currentMemory.kib();
    if (current == 0 || current > config.memory.kib()) {
      config.currentMemory.value = config.memory.value;
    }
  }

  /** Without an element of its own, the memory is that of all NUMA cells. */
  private long numaMemory() throws VirtException {
    long sum = 0;
    List<XmlElement> others = config.cpu == null ? List.of() : config.cpu.otherElements;
    for (XmlElement numa : others) {
      if (!numa.name().equals("numa")) {
        continue;
      }
      for (XmlElement cell : numa.children()) {
        Memory memory = new Memory();
        memory.unit = cell.attribute("unit");
        memory.value = cell.attribute("memory");
        MemoryUnit.toKib(memory, "cpu/numa/cell/@memory");
        sum += memory.kib();
      }
    }
    if (sum == 0) {
      throw wrong("memory", "is missing");
    }
    return sum;
  }

  private void vcpus() throws VirtException {
    if (config.vcpu == null) {
      config.vcpu = new DomainConfig.Vcpu();
      config.vcpu.value = "1";
    }
    if (config.vcpu.placement == null) {
      config.vcpu.placement = "static";
    }
    config.vcpu.value = config.vcpu.value == null ? "" : config.vcpu.value.strip();
    int count = number("vcpu", config.vcpu.value);
    if (config.vcpu.current != null && number("vcpu/@current", config.vcpu.current) > count) {
      throw wrong("vcpu/@current", config.vcpu.current + " is more than " + count);
    }
  }

  private static int number(String element, String value) throws VirtException {
    if (!value.matches("[0-9]{1,6}")) {
      throw wrong(element, "'" + value + "' is not a number of virtual CPUs");
    }
    int number = Integer.parseInt(value);
    if (number < 1 || number > MAX_VCPUS) {
      throw wrong(element, value + " is not within 1 to " + MAX_VCPUS);
    }
    return number;
  }

  private static String action(String element, String value, List<String> known, String absent)
      throws VirtException {
    if (value == null) {
      return absent;
    }
    if (!known.contains(value.strip())) {
      throw wrong(element, "'" + value + "' is none of " + String.join(", ", known));
    }
    return value.strip();
  }

  static boolean isBlank(String text) {
    return text == null || text.isBlank();
  }

  static VirtException wrong(String element, String reason) {
    return new VirtException(
        ErrorCode.XML_ERROR, "read domain XML: /domain/" + element + ": " + reason);
  }
}
