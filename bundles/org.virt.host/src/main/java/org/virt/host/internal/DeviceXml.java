package org.virt.host.internal;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.virt.api.xml.XmlWriter;

/** Writes what sysfs tells of devices, as elements {@code capability} (libvirt's formatnode). */
final class DeviceXml {
  private static final Pattern PCI_ADDRESS =
      Pattern.compile("([0-9a-f]{4}):([0-9a-f]{2}):([0-9a-f]{2})\\.([0-7])");
  private static final long SECTOR = 512;

  private DeviceXml() {}

  private static XmlWriter capability(XmlWriter xml, String type) {
    return xml.open("capability").attribute("type", type);
  }

  /** Writes an element of a file's value, if there is one. */
  private static void value(XmlWriter xml, String element, Path file) {
    SysFile.read(file).ifPresent(text -> xml.element(element, text));
  }

  static void system(XmlWriter xml, Path dmi) {
    capability(xml, "system");
    value(xml, "product", dmi.resolve("product_name"));
    xml.open("hardware");
    value(xml, "vendor", dmi.resolve("sys_vendor"));
    value(xml, "version", dmi.resolve("product_version"));
    value(xml, "serial", dmi.resolve("product_serial"));
    value(xml, "uuid", dmi.resolve("product_uuid"));
    xml.close().open("firmware");
    value(xml, "vendor", dmi.resolve("bios_vendor"));
    value(xml, "version", dmi.resolve("bios_version"));
    value(xml, "release_date", dmi.resolve("bios_date"));
    xml.close().close();
  }

  static void pci(XmlWriter xml, Path device) {
    capability(xml, "pci");
    value(xml, "class", device.resolve("class"));
    Matcher address = PCI_ADDRESS.matcher(device.getFileName().toString());
    if (address.matches()) {
      String[] parts = {"domain", "bus", "slot", "function"};
      for (int i = 0; i < parts.length; i++) {
        xml.element(parts[i], Integer.parseInt(address.group(i + 1), 16));
      }
    }
    id(xml, "product", device.resolve("device"));
    id(xml, "vendor", device.resolve("vendor"));
    SysFile.targetName(device.resolve("iommu_group")).ifPresent(group -> group(xml, group, device));
    SysFile.number(device.resolve("numa_node"))
        .filter(node -> node >= 0)
        .ifPresent(node -> xml.open("numa").attribute("node", node).close());
    xml.close();
  }

  private static void id(XmlWriter xml, String element, Path file) {
    SysFile.read(file).ifPresent(id -> xml.open(element).attribute("id", id).close());
  }

  private static void group(XmlWriter xml, String number, Path device) {
    xml.open("iommuGroup").attribute("number", number);
    for (Path member : SysFile.list(device.resolve("iommu_group/devices"))) {
      Matcher address = PCI_ADDRESS.matcher(member.getFileName().toString());
      if (address.matches()) {
        xml.open("address")
            .attribute("domain", "0x" + address.group(1))
            .attribute("bus", "0x" + address.group(2))
            .attribute("slot", "0x" + address.group(3))
            .attribute("function", "0x" + address.group(4))
            .close();
      }
    }
    xml.close();
  }

  static void usb(XmlWriter xml, Path device) {
    capability(xml, "usb_device");
    value(xml, "bus", device.resolve("busnum"));
    value(xml, "device", device.resolve("devnum"));
    named(xml, "product", device.resolve("idProduct"), device.resolve("product"));
    named(xml, "vendor", device.resolve("idVendor"), device.resolve("manufacturer"));
    xml.close();
  }

  private static void named(XmlWriter xml, String element, Path id, Path name) {
    Optional<String> number = SysFile.read(id);
    if (number.isEmpty()) {
      return;
    }
    xml.open(element).attribute("id", "0x" + number.get());
    SysFile.read(name).ifPresent(xml::text);
    xml.close();
  }

  static void usbInterface(XmlWriter xml, Path device) {
    capability(xml, "usb");
    hexadecimal(xml, "number", device.resolve("bInterfaceNumber"));
    hexadecimal(xml, "class", device.resolve("bInterfaceClass"));
    hexadecimal(xml, "subclass", device.resolve("bInterfaceSubClass"));
    hexadecimal(xml, "protocol", device.resolve("bInterfaceProtocol"));
    xml.close();
  }

  private static void hexadecimal(XmlWriter xml, String element, Path file) {
    SysFile.read(file)
        .filter(text -> text.matches("[0-9a-fA-F]{1,4}"))
        .ifPresent(text -> xml.element(element, Integer.parseInt(text, 16)));
  }

  static void net(XmlWriter xml, Path device) {
    capability(xml, "net");
    xml.element("interface", device.getFileName());
    value(xml, "address", device.resolve("address"));
    xml.open("link")
        .optional("speed", SysFile.number(device.resolve("speed")).filter(n -> n > 0).orElse(null))
        .attribute("state", SysFile.read(device.resolve("operstate")).orElse("unknown"))
        .close();
    // ARPHRD_ETHER.
    if (SysFile.number(device.resolve("type")).orElse(0L) == 1) {
      capability(xml, "80203").close();
    }
    xml.close();
  }

  static void scsiHost(XmlWriter xml, Path device) {
    capability(xml, "scsi_host");
    xml.element("host", device.getFileName().toString().replaceFirst("^host", ""));
    value(xml, "unique_id", device.resolve("unique_id"));
    xml.close();
  }

  static void scsi(XmlWriter xml, Path device) {
    capability(xml, "scsi");
    String[] names = {"host", "bus", "target", "lun"};
    String[] numbers = device.getFileName().toString().split(":");
    for (int i = 0; i < names.length; i++) {
      xml.element(names[i], numbers[i]);
    }
    // 5 is what SCSI calls a CD-ROM.
    xml.element("type", SysFile.number(device.resolve("type")).orElse(0L) == 5 ? "cdrom" : "disk");
    xml.close();
  }

  static void storage(XmlWriter xml, Path device) {
    capability(xml, "storage");
    xml.element("block", "/dev/" + device.getFileName());
    SysFile.targetName(device.resolve("device/subsystem"))
        .ifPresent(bus -> xml.element("bus", bus));
    boolean optical = SysFile.number(device.resolve("device/type")).orElse(0L) == 5;
    xml.element("drive_type", optical ? "cdrom" : "disk");
    value(xml, "model", device.resolve("device/model"));
    value(xml, "vendor", device.resolve("device/vendor"));
    serial(device).ifPresent(serial -> xml.element("serial", serial));
    long bytes = SysFile.number(device.resolve("size")).orElse(0L) * SECTOR;
    long block = SysFile.number(device.resolve("queue/logical_block_size")).orElse(SECTOR);
    boolean removable = SysFile.number(device.resolve("removable")).orElse(0L) == 1;
    if (removable) {
      capability(xml, "removable")
          .element("media_available", bytes > 0 ? 1 : 0)
          .element("media_size", bytes);
    } else {
      xml.element("size", bytes);
    }
    xml.element("logical_block_size", block).element("num_blocks", bytes / block);
    if (removable) {
      xml.close();
    }
    xml.close();
  }

  /** Returns a disk's serial number. */
  static Optional<String> serial(Path disk) {
    return SysFile.read(disk.resolve("serial"))
        .or(() -> SysFile.read(disk.resolve("device/serial")));
  }
}
