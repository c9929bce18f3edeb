package org.virt.driver.qemu.internal.device;

import java.util.List;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.driver.qemu.internal.guest.Offer;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.PciKind;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Devices of the host that a guest gets: PCI, USB, SCSI, mediated. */
public final class HostdevPart implements Part {
  private static final List<Offer> OFFERS =
      Offer.all(
          Offer.list("mode", "subsystem", ""),
          Offer.list("startupPolicy", "default", ""),
          Offer.list("subsysType", "usb", "usb-host", "pci", "vfio-pci", "scsi", "scsi-generic"),
          Offer.list("capsType"),
          Offer.list("pciBackend", "vfio", "vfio-pci"));

  private static final Set<String> TYPES = Set.of("pci", "usb", "scsi", "scsi_host", "mdev");

  static boolean isUnassigned(Node device) {
    return device.is("address/@type", "unassigned");
  }

  @Override
  public void complete(Guest guest, Node device) throws VirtException {
    String type = device.get("@type", "");
    device.fill("mode", "subsystem");
    if (type.matches("pci|usb|scsi|scsi_host")) {
      device.fill("managed", "no");
    }
    if (type.equals("mdev")) {
      device.fill("managed", "no");
      boolean vfio = device.is("@model", "vfio-pci");
      if (vfio && !device.has("@display")) {
        device.set("display", "off");
      }
    }
    Node address = device.child("source/address");
    if (address != null && type.equals("pci")) {
      for (String part : List.of("domain", "bus", "slot", "function")) {
        int digits = part.equals("domain") ? 4 : part.equals("function") ? 1 : 2;
        address.set(part, Numbers.hex(address.number("@" + part, 0), digits));
      }
    }
    if (device.is("source/@protocol", "iscsi")) {
      DiskImage.unit(device.child("source"));
    }
    if (type.equals("scsi")) {
      scsi(guest, device);
    }
  }

  private static void scsi(Guest guest, Node device) throws VirtException {
    if (device.has("address")) {
      Drives.complete(device.child("address"));
      return;
    }
    for (long controller = 0; ; controller++) {
      for (long unit = 0; unit < 7; unit++) {
        if (!taken(guest, controller, unit)) {
          Drives.place(device, controller, 0, unit);
          return;
        }
      }
    }
  }

  private static boolean taken(Guest guest, long controller, long unit) {
    String key = controller + ":0:0:" + unit;
    for (Node disk : guest.devices("disk")) {
      if (disk.is("target/@bus", "scsi") && disk.has("address") && Drives.key(disk).equals(key)) {
        return true;
      }
    }
    for (Node other : guest.devices("hostdev")) {
      if (other.is("@type", "scsi") && other.has("address") && Drives.key(other).equals(key)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public PciKind pci(Guest guest, Node device) {
    if (isUnassigned(device)) {
      return PciKind.NONE;
    }
    return switch (device.get("@type", "")) {
      case "pci" -> PciKind.EXPRESS;
      case "mdev" -> device.is("@model", "vfio-pci") ? PciKind.EXPRESS : PciKind.NONE;
      case "scsi_host" -> Virtio.pci(guest, device, device.get("@model"));
      default -> PciKind.NONE;
    };
  }

  @Override
  public List<Offer> offers(Board board) {
    return OFFERS;
  }

  @Override
  public void check(Guest guest, Node device) throws VirtException {
    HostdevCheck.run(guest, device);
  }

  static boolean isKnown(String type) {
    return TYPES.contains(type);
  }

  @Override
  public void write(Machine machine, Node device, CommandLine out) throws VirtException {
    if (isUnassigned(device)) {
      return;
    }
    switch (device.get("@type")) {
      case "pci" -> out.device(vfio(machine, device, device.child("source/address")));
      case "usb" -> out.device(usb(machine, device));
      case "scsi" -> scsi(machine, device, out);
      case "scsi_host" -> {
        Props props = Props.device(Virtio.driver("vhost-scsi", device, device.get("@model")));
        props.put("wwpn", device.get("source/@wwpn")).put("id", Machine.alias(device));
        out.device(machine.place(props, device));
      }
      default -> {
        String uuid = device.get("source/address/@uuid");
        // QEMU has a framebuffer of the firmware's only where nothing is unplugged.
        String fixed = device.on("@ramfb") ? "-nohotplug" : "";
        Props props = Props.device(device.get("@model") + fixed);
        props.put("id", Machine.alias(device));
        props.put("sysfsdev", "/sys/bus/mdev/devices/" + uuid);
        if (device.is("@model", "vfio-pci")) {
          boolean display = device.on("@display");
          props.put("display", display ? "on" : device.has("@display") ? "off" : null);
          props.put("ramfb", device.flag("@ramfb"));
        }
        props.put("bootindex", machine.bootIndex(device));
        out.device(machine.place(props, device));
      }
    }
  }

  /** Writes an interface that is a device of the host. */
  static void writeInterface(Machine machine, Node card, CommandLine out) throws VirtException {
    if (!isUnassigned(card)) {
      out.device(vfio(machine, card, card.child("source/address")));
    }
  }

  private static Props vfio(Machine machine, Node device, Node host) throws VirtException {
    if (device.is("driver/@name", "kvm", "xen")) {
      throw Refusal.value(device.path("driver/@name"), device.get("driver/@name"));
    }
    Props props = Props.device("vfio-pci").put("host", PciNames.host(host));
    props.put("id", Machine.alias(device)).put("bootindex", machine.bootIndex(device));
    props.put("failover_pair_id", failover(device));
    return machine.place(props, device);
  }

  private static String failover(Node device) {
    return device.is("teaming/@type", "transient") ? device.get("teaming/@persistent") : null;
  }

  private static Props usb(Machine machine, Node device) throws VirtException {
    Props props = Props.device("usb-host");
    Node address = device.child("source/address");
    if (address != null) {
      String path = "/dev/bus/usb/%03d/%03d";
      long bus = address.number("@bus", 0);
      props.put("hostdevice", path.formatted(bus, address.number("@device", 0)));
    } else {
      props.put("vendorid", device.number("source/vendor/@id"));
      props.put("productid", device.number("source/product/@id"));
    }
    props.put("id", Machine.alias(device)).put("bootindex", machine.bootIndex(device));
    String reset = device.get("source/@guestReset");
    if (reset != null) {
      device.oneOf("source/@guestReset", "on", "off", "uninitialized");
      props.put("guest-reset", !reset.equals("off"));
      props.put("guest-resets-all", reset.equals("on"));
    }
    return machine.place(props, device);
  }

  private static void scsi(Machine machine, Node device, CommandLine out) throws VirtException {
    String alias = Machine.alias(device);
    String node = alias + "-backend";
    Props backend;
    Node source = device.child("source");
    if (source.is("@protocol", "iscsi")) {
      backend = DiskSource.iscsi(machine, device, out);
    } else {
      backend = Props.device("host_device");
      backend.put("filename", machine.facts().scsiGeneric(source));
    }
    backend.put("node-name", node).put("read-only", device.has("readonly"));
    out.add("-blockdev", backend);
    Props props = Props.device("scsi-generic").put("drive", node).put("id", alias);
    props.put("share-rw", device.has("shareable") ? true : null);
    props.put("bootindex", machine.bootIndex(device));
    out.device(Drives.onScsi(machine.guest(), device.child("address"), props));
  }
}
