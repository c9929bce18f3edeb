package org.virt.model.domain;

import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.virt.api.ErrorCode;
import org.virt.api.MacAddress;
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
    devices(config.devices);
  }

  private void identity() throws VirtException {
    if (isBlank(config.type)) {
      throw wrong("@type", "is missing");
    }
    if (isBlank(config.name)) {
      throw wrong("name", config.name == null ? "is missing" : "is empty");
    }
    if (config.name.indexOf('/') >= 0 || config.name.indexOf('\n') >= 0) {
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
    if (digits.length() != UUID_DIGITS || !hex || digits.chars().allMatch(c -> c == '0')) {
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

  private static void devices(Devices devices) throws VirtException {
    for (Interface card : devices.interfaces) {
      if (isBlank(card.type)) {
        throw wrong("devices/interface/@type", "is missing");
      }
      if (card.mac != null && card.mac.address != null) {
        card.mac.address = mac(card.mac.address);
      }
      if (card.filterref != null && isBlank(card.filterref.filter)) {
        throw wrong("devices/interface/filterref/@filter", "is missing");
      }
      address(card);
    }
    for (Disk disk : devices.disks) {
      if (disk.target == null || isBlank(disk.target.dev)) {
        throw wrong("devices/disk/target/@dev", "is missing");
      }
      address(disk);
    }
    for (List<? extends Device> list :
        List.of(
            devices.controllers,
            devices.serials,
            devices.consoles,
            devices.channels,
            devices.inputs,
            devices.videos,
            devices.rngs)) {
      for (Device device : list) {
        address(device);
      }
    }
    if (devices.memballoon != null) {
      address(devices.memballoon);
    }
  }

  private static String mac(String text) throws VirtException {
    String element = "devices/interface/mac/@address";
    try {
      MacAddress mac = MacAddress.parse(text);
      if (mac.isMulticast()) {
        throw wrong(element, "'" + text + "' is a group address");
      }
      return mac.toString();
    } catch (IllegalArgumentException e) {
      throw wrong(element, e.getMessage());
    }
  }

  private static void address(Device device) throws VirtException {
    Device.Address address = device.address;
    if (address != null && "pci".equals(address.type)) {
      address.domain = pci("domain", address.domain, 0xffff, "0x%04x");
      address.bus = pci("bus", address.bus, 0xff, "0x%02x");
      address.slot = pci("slot", address.slot, 0x1f, "0x%02x");
      address.function = pci("function", address.function, 7, "0x%x");
    }
  }

  /** An address without any number is the driver's to fill in. */
  private static String pci(String attribute, String text, int max, String format)
      throws VirtException {
    if (text == null) {
      return null;
    }
    try {
      int value = Integer.decode(text);
      if (value >= 0 && value <= max) {
        return format.formatted(value);
      }
    } catch (NumberFormatException e) {
      // Refused below, as a number out of range is.
    }
    throw wrong("address/@" + attribute, "'" + text + "' is not a PCI " + attribute + " number");
  }

  private static boolean isBlank(String text) {
    return text == null || text.isBlank();
  }

  private static VirtException wrong(String element, String reason) {
    return new VirtException(
        ErrorCode.XML_ERROR, "read domain XML: /domain/" + element + ": " + reason);
  }
}
