package org.virt.driver.qemu.internal.device;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.PciKind;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Controllers of disks, ports and USB; {@link PciPart} has those of PCI. */
public final class ControllerPart implements Part {
  private static final Map<String, String> SCSI =
      Map.of(
          "lsilogic", "lsi",
          "lsisas1078", "megasas",
          "lsisas1068", "mptsas1068",
          "vmpvscsi", "pvscsi",
          "ibmvscsi", "spapr-vscsi",
          "dc390", "dc390",
          "am53c974", "am53c974");

  private static final Set<String> TYPES =
      Set.of("ide", "fdc", "scsi", "sata", "virtio-serial", "ccid", "usb", "pci", "xenbus", "isa");

  /** The models of those that are not for disks on SCSI, for USB or for PCI. */
  private static final Map<String, Set<String>> MODELS =
      Map.of(
          "ide", Set.of("piix3", "piix4", "ich6"),
          "virtio-serial", Set.of("virtio", "virtio-transitional", "virtio-non-transitional"),
          "fdc", Set.of(),
          "sata", Set.of(),
          "ccid", Set.of());

  @Override
  public void complete(Guest guest, Node controller) throws VirtException {
    switch (controller.get("@type")) {
      case "scsi" -> {
        if (!controller.has("@model") || controller.is("@model", "auto")) {
          controller.set("model", scsi(guest));
        }
      }
      case "usb" -> UsbController.complete(guest, controller);
      case "pci" -> PciPart.complete(guest, controller);
      default -> {
        // The others have nothing to choose.
      }
    }
    if (controller.is("@model", "ibmvscsi") && !controller.has("address")) {
      controller.add(Node.of("address", "type", "spapr-vio"));
    }
    if (controller.is("address/@type", "spapr-vio") && !controller.has("address/@reg")) {
      controller.child("address").set("reg", "0x00002000");
    }
  }

  private static String scsi(Guest guest) {
    return switch (guest.board()) {
      case PSERIES -> "ibmvscsi";
      case S390, VIRT, MICROVM -> "virtio-scsi";
      default -> "lsilogic";
    };
  }

  @Override
  public PciKind pci(Guest guest, Node controller) {
    return switch (controller.get("@type")) {
      case "pci" -> PciPart.kind(guest, controller);
      case "usb" -> UsbController.pci(controller);
      case "scsi" ->
          controller.get("@model", "").startsWith("virtio")
              ? Virtio.pci(guest, controller, controller.get("@model"))
              : controller.is("@model", "ibmvscsi") ? PciKind.NONE : PciKind.PCI;
      case "virtio-serial" -> Virtio.pci(guest, controller, controller.get("@model"));
      case "sata" -> PciKind.PCI;
      default -> PciKind.NONE;
    };
  }

  @Override
  public void check(Guest guest, Node controller) throws VirtException {
    String type = controller.get("@type");
    if (!TYPES.contains(type)) {
      throw Refusal.value(controller.path("@type"), type);
    }
    if (!type.equals("usb")) {
      single(guest, controller);
    }
    if (type.equals("isa") || type.equals("xenbus")) {
      throw Refusal.of(controller.path("@type"), "'" + type + "' is not for QEMU's machines");
    }
    if (type.equals("ide") && (!DiskCheck.hasIde(guest.board()) || !controller.is("@index", "0"))) {
      throw Refusal.of(controller.path(), "this machine type has no such IDE controller");
    }
    if (type.equals("usb")) {
      UsbController.check(guest, controller);
    } else if (type.equals("pci")) {
      PciPart.check(guest, controller);
    } else if (!type.equals("virtio-serial") && controller.has("@ports")) {
      throw Refusal.of(controller.path("@ports"), "not for type '" + type + "'");
    }
    String model = controller.get("@model", "");
    Set<String> models = MODELS.get(type);
    if (models != null && controller.has("@model") && !models.contains(model)) {
      throw Refusal.value(controller.path("@model"), model);
    }
    if (type.equals("fdc") && !controller.is("@index", "0")) {
      throw Refusal.of(controller.path("@index"), "there is one floppy controller only");
    }
    boolean scsi = type.equals("scsi") && !model.isEmpty();
    if (scsi && !SCSI.containsKey(model) && !model.startsWith("virtio")) {
      throw Refusal.value(controller.path("@model"), model);
    }
    for (String option : List.of("queues", "cmd_per_lun", "max_sectors", "ioeventfd")) {
      if (controller.has("driver/@" + option) && !(scsi && model.startsWith("virtio"))) {
        throw Refusal.of(controller.path("driver/@" + option), "needs model 'virtio-scsi'");
      }
    }
    if (controller.has("driver/@iothread") && !(scsi && model.startsWith("virtio"))) {
      throw Refusal.of(controller.path("driver/@iothread"), "needs model 'virtio-scsi'");
    }
  }

  private static void single(Guest guest, Node controller) throws VirtException {
    for (Node other : guest.devices("controller")) {
      boolean same = other != controller && other.is("@type", controller.get("@type"));
      if (same && other.is("@index", controller.get("@index"))) {
        throw Refusal.xml(
            controller.path("@index"), "'" + controller.get("@index") + "' is there twice");
      }
    }
  }

  @Override
  public void write(Machine machine, Node controller, CommandLine out) throws VirtException {
    Guest guest = machine.guest();
    switch (controller.get("@type")) {
      case "pci" -> PciPart.write(machine, controller, out);
      case "usb" -> UsbController.write(machine, controller, out);
      case "scsi" -> out.device(machine.place(scsi(controller), controller));
      case "virtio-serial" -> {
        Props props =
            Props.device(Virtio.driver("virtio-serial", controller, controller.get("@model")));
        props.put("id", Machine.alias(controller));
        props.put("max_ports", controller.number("@ports"));
        props.put("vectors", controller.number("@vectors"));
        out.device(machine.place(Virtio.options(props, controller), controller));
      }
      case "ccid" ->
          out.device(
              machine.place(
                  Props.device("usb-ccid").put("id", Machine.alias(controller)), controller));
      case "fdc" -> floppy(machine, out);
      case "ide" -> {
        // It is on the board.
      }
      case "sata" -> {
        boolean onBoard = controller.is("@index", "0") && guest.board() == Board.Q35;
        if (!onBoard) {
          Props ahci = Props.device("ahci").put("id", Machine.alias(controller));
          out.device(machine.place(ahci, controller));
        }
      }
      default -> throw Refusal.value(controller.path("@type"), controller.get("@type"));
    }
  }

  private static Props scsi(Node controller) throws VirtException {
    String model = controller.get("@model");
    boolean virtio = model.startsWith("virtio");
    Props props =
        Props.device(
            virtio
                ? Virtio.driver("virtio-scsi", controller, model.replace("-scsi", ""))
                : SCSI.get(model));
    if (virtio) {
      String iothread = controller.get("driver/@iothread");
      props.put("iothread", iothread == null ? null : "iothread" + iothread);
      Virtio.options(props, controller);
    }
    props.put("id", Machine.alias(controller));
    props.put("num_queues", controller.number("driver/@queues"));
    props.put("cmd_per_lun", controller.number("driver/@cmd_per_lun"));
    props.put("max_sectors", controller.number("driver/@max_sectors"));
    return props.put("ioeventfd", controller.flag("driver/@ioeventfd"));
  }

  /** A Q35 board has no floppy controller of its own. */
  private static void floppy(Machine machine, CommandLine out) throws VirtException {
    boolean any = machine.guest().devices("disk").stream().anyMatch(d -> d.is("@device", "floppy"));
    if (machine.guest().board() != Board.Q35 || !any) {
      return;
    }
    Props props = Props.device("isa-fdc");
    for (Node disk : machine.guest().devices("disk")) {
      Long index = machine.bootIndex(disk);
      if (disk.is("@device", "floppy") && index != null) {
        props.put(disk.is("address/@unit", "0") ? "bootindexA" : "bootindexB", index);
      }
    }
    out.device(props);
  }
}
