package org.virt.driver.qemu.internal.device;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Offer;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.PciKind;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Disks: what a guest sees; the images behind them are {@link DiskImage}'s. */
public final class DiskPart implements Part {
  private static final List<Offer> DEVICES =
      Offer.list("diskDevice", "disk", "", "cdrom", "", "floppy", "floppy", "lun", "scsi-block");

  private static final List<Offer> BUSES =
      Offer.list(
          "bus",
          "ide",
          "ide-hd",
          "fdc",
          "floppy",
          "scsi",
          "scsi-hd",
          "virtio",
          "virtio-blk-pci",
          "usb",
          "usb-storage",
          "sata",
          "ich9-ahci");

  private static final List<Offer> MODELS =
      Offer.list(
          "model",
          "virtio",
          "virtio-blk-pci",
          "virtio-transitional",
          "virtio-blk-pci-transitional",
          "virtio-non-transitional",
          "virtio-blk-pci-non-transitional");

  private static final int IDE_UNITS = 2;
  private static final int IDE_BUSES = 2;
  private static final int SATA_UNITS = 6;

  /** As libvirt has it for every SCSI controller. */
  private static final int SCSI_UNITS = 7;

  /** Sorts the disks of each bus by name, buses as they come: so libvirt keeps them. */
  static void sort(Guest guest) throws VirtException {
    Map<String, Map<Integer, List<Node>>> buses = new LinkedHashMap<>();
    for (Node disk : guest.devices("disk")) {
      buses
          .computeIfAbsent(disk.get("target/@bus", ""), bus -> new TreeMap<>())
          .computeIfAbsent(DiskNames.index(disk), index -> new ArrayList<>())
          .add(disk);
    }
    guest.devices().drop("disk");
    buses.values().forEach(b -> b.values().forEach(l -> l.forEach(guest.devices()::add)));
  }

  @Override
  public void complete(Guest guest, Node disk) throws VirtException {
    disk.fill("type", "file").fill("device", "disk");
    if (!disk.has("target/@dev")) {
      throw Refusal.xml(disk.path("target/@dev"), "missing");
    }
    if (!disk.has("target/@bus")) {
      boolean floppy = disk.is("@device", "floppy");
      disk.child("target").set("bus", floppy ? "fdc" : DiskNames.bus(disk));
    }
    DiskImage.complete(disk);
    for (String empty : List.of("serial", "wwn", "vendor", "product")) {
      if (disk.has(empty) && disk.get(empty).isEmpty()) {
        disk.drop(empty);
      }
    }
    if (disk.is("@device", "cdrom")) {
      disk.ensure("readonly");
    }
    boolean virtio = disk.is("target/@bus", "virtio");
    String model = disk.get("@model");
    if (model != null && !virtio) {
      throw Refusal.of(disk.path("@model"), "only a disk on 'virtio' has a model");
    }
    if (!disk.has("address")) {
      place(disk);
    } else {
      Drives.complete(disk.child("address"));
    }
  }

  private static void place(Node disk) throws VirtException {
    int index = DiskNames.index(disk);
    switch (disk.get("target/@bus")) {
      case "ide" -> {
        int perController = IDE_UNITS * IDE_BUSES;
        int bus = index % perController / IDE_UNITS;
        Drives.place(disk, index / perController, bus, index % IDE_UNITS);
      }
      case "sata" -> Drives.place(disk, index / SATA_UNITS, 0, index % SATA_UNITS);
      case "scsi" -> Drives.place(disk, index / SCSI_UNITS, 0, index % SCSI_UNITS);
      case "fdc" -> Drives.place(disk, index / 2, 0, index % 2);
      default -> {
        // PCI and USB addresses are given out together.
      }
    }
  }

  @Override
  public PciKind pci(Guest guest, Node disk) {
    return disk.is("target/@bus", "virtio")
        ? Virtio.pci(guest, disk, disk.get("@model"))
        : PciKind.NONE;
  }

  @Override
  public List<Offer> offers(Board board) {
    return Offer.all(
        DEVICES,
        BUSES.stream().filter(b -> !b.value().equals("ide") || DiskCheck.hasIde(board)).toList(),
        MODELS);
  }

  @Override
  public void check(Guest guest, Node disk) throws VirtException {
    DiskCheck.run(guest, disk);
  }

  @Override
  public void write(Machine machine, Node disk, CommandLine out) throws VirtException {
    if (disk.on("transient/@shareBacking")) {
      // Is plugged in once its overlay is made, before the guest runs.
      return;
    }
    DiskSourceCheck.runnable(disk);
    String drive = DiskImage.write(machine, disk, out);
    if (disk.is("@type", "vhostuser")) {
      out.add(
          "-chardev",
          "socket,id=chr-vu-"
              + Machine.alias(disk)
              + ",path="
              + CommandLine.escape(disk.require("source/@path"))
              + Chardev.reconnect(disk.child("source")));
    }
    if (disk.is("@device", "floppy")) {
      boot(machine, disk, out);
    }
    out.device(DiskDevice.of(machine, disk, drive));
  }

  /** A floppy drive's place in the order of boot is the controller's to know. */
  private static void boot(Machine machine, Node disk, CommandLine out) throws VirtException {
    Long index = machine.bootIndex(disk);
    if (index != null && machine.guest().board() != Board.Q35) {
      String drive = disk.is("address/@unit", "0") ? "A" : "B";
      out.add("-global", "isa-fdc.bootindex" + drive + "=" + index);
    }
  }
}
