package org.virt.format.vmx;

import static org.virt.format.vmx.VmxWriter.unsupported;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;

/** Disks and their controllers. */
final class DiskWriter {
  private static final int CONTROLLERS = 4;
  private static final Map<String, String> MODELS =
      Map.of(
          "buslogic", "buslogic",
          "lsilogic", "lsilogic",
          "lsisas1068", "lsisas1068",
          "vmpvscsi", "pvscsi");

  private final VmxConfig vmx;
  private final DriveWriter drives;

  /** SCSI controllers and their models, empty where VMware chooses. */
  private final Map<Integer, String> scsi = new TreeMap<>();

  /** SCSI controllers that have a disk. */
  private final TreeSet<Integer> used = new TreeSet<>();

  private final TreeSet<Integer> sata = new TreeSet<>();

  DiskWriter(VmxConfig vmx, VmxSite site) {
    this.vmx = vmx;
    this.drives = new DriveWriter(vmx, site);
  }

  boolean hasScsi() {
    return !used.isEmpty();
  }

  void write(XmlElement devices) throws VirtException {
    for (XmlElement controller : devices.children("controller")) {
      controller(controller);
    }
    List<XmlElement> disks = devices.children("disk");
    for (XmlElement disk : disks) {
      claim(disk);
    }
    scsi.forEach(
        (index, model) -> {
          // libvirt leaves controllers without a disk out.
          if (!used.contains(index)) {
            return;
          }
          vmx.set("scsi" + index + ".present", "true");
          if (!model.isEmpty()) {
            vmx.set("scsi" + index + ".virtualDev", model);
          }
        });
    sata.forEach(index -> vmx.set("sata" + index + ".present", "true"));
    for (XmlElement disk : disks) {
      write(disk, bus(disk), place(disk));
    }
    for (int unit = 0; unit < 2; unit++) {
      String key = "floppy" + unit + ".present";
      if (vmx.get(key) == null) {
        vmx.set(key, "false");
      }
    }
  }

  private void controller(XmlElement controller) throws VirtException {
    String type = String.valueOf(controller.attribute("type"));
    String index = controller.attribute("index");
    int number = index == null ? 0 : VmxWriter.number("devices/controller/@index", index);
    switch (type) {
      case "scsi" -> scsi(number, controller.attribute("model"));
      case "sata", "ide", "fdc", "pci", "usb" -> {
        // The board has these, or they come with their disks.
      }
      default ->
          throw unsupported("devices/controller/@type", "'" + type + "' is not one of VMware's");
    }
  }

  private void scsi(int index, String model) throws VirtException {
    if (index >= CONTROLLERS) {
      throw unsupported("devices/controller/@index", index + " is not within 0 to 3");
    }
    String before = scsi.getOrDefault(index, "");
    if (model == null || model.equals("auto")) {
      scsi.put(index, before);
      return;
    }
    String device = MODELS.get(model.toLowerCase(Locale.ROOT));
    if (device == null) {
      throw unsupported(
          "devices/controller/@model",
          "'" + model + "' is none of auto, buslogic, lsilogic, lsisas1068, vmpvscsi");
    }
    if (!before.isEmpty() && !before.equals(device)) {
      throw unsupported(
          "devices/disk/driver/@name",
          "SCSI controller %d is both %s and %s".formatted(index, before, device));
    }
    scsi.put(index, device);
  }

  private void claim(XmlElement disk) throws VirtException {
    Bus bus = bus(disk);
    Bus.Place place = place(disk);
    if (bus == Bus.SCSI) {
      scsi(place.controller(), Xml.attribute(disk, "driver", "name"));
      used.add(place.controller());
    } else if (bus == Bus.SATA) {
      sata.add(place.controller());
    }
  }

  /** Returns the kind of disk, {@code disk} where the XML does not say. */
  static String device(XmlElement disk) {
    String device = disk.attribute("device");
    return device == null ? "disk" : device;
  }

  private static Bus bus(XmlElement disk) throws VirtException {
    String target = Xml.attribute(disk, "target", "dev");
    String name = Xml.attribute(disk, "target", "bus");
    if (name == null) {
      String prefix = target.substring(0, Math.min(2, target.length()));
      name = Map.of("hd", "ide", "sd", "scsi", "fd", "fdc").getOrDefault(prefix, "");
    }
    String given = name;
    return Bus.of(given)
        .orElseThrow(
            () ->
                unsupported(
                    "devices/disk/target/@bus",
                    "'" + given + "' of " + target + " is none of scsi, sata, ide, fdc"));
  }

  /** Returns where the disk is: its name says so, and its address has to say the same. */
  private static Bus.Place place(XmlElement disk) throws VirtException {
    Bus bus = bus(disk);
    String target = Xml.attribute(disk, "target", "dev");
    Bus.Place place =
        bus.place(target)
            .orElseThrow(
                () ->
                    unsupported(
                        "devices/disk/target/@dev",
                        "'" + target + "' is no name on the bus " + bus.name));
    checkAddress(disk, bus, place);
    int controllers = bus == Bus.IDE ? 2 : bus == Bus.FLOPPY ? 1 : CONTROLLERS;
    if (place.controller() >= controllers
        || place.unit() >= bus.slots
        || place.unit() == bus.reserved) {
      throw unsupported(
          "devices/disk/target/@dev",
          "'%s' would be unit %d of %s controller %d, which does not exist"
              .formatted(target, place.unit(), bus.name, place.controller()));
    }
    return place;
  }

  private static void checkAddress(XmlElement disk, Bus bus, Bus.Place place) throws VirtException {
    XmlElement address = disk.child("address").orElse(null);
    if (address == null) {
      return;
    }
    String type = address.attribute("type");
    if (!"drive".equals(type)) {
      throw unsupported("devices/disk/address/@type", "'" + type + "' is not drive");
    }
    XmlElement meant = bus.address(place);
    for (String part : List.of("controller", "bus", "unit")) {
      if (number(address, part) != number(meant, part)) {
        throw unsupported(
            "devices/disk/address/@" + part,
            "%s does not match the name '%s', which is %s"
                .formatted(
                    address.attribute(part),
                    Xml.attribute(disk, "target", "dev"),
                    meant.attribute(part)));
      }
    }
  }

  private static int number(XmlElement address, String attribute) throws VirtException {
    String value = address.attribute(attribute);
    return value == null ? 0 : VmxWriter.number("devices/disk/address/@" + attribute, value);
  }

  private void write(XmlElement disk, Bus bus, Bus.Place place) throws VirtException {
    if (device(disk).equals("floppy") != (bus == Bus.FLOPPY)) {
      throw unsupported("devices/disk/target/@bus", "floppies, and only they, are on fdc");
    }
    String key =
        bus == Bus.FLOPPY
            ? "floppy" + place.unit() + '.'
            : bus.key + place.controller() + ':' + place.unit() + '.';
    if (vmx.get(key + "present") != null) {
      throw unsupported("devices/disk/address", "two disks are at " + key.replace(".", ""));
    }
    vmx.set(key + "present", "true");
    switch (device(disk)) {
      case "disk" -> hardDisk(disk, bus, key);
      case "cdrom" -> drives.cdrom(disk, key);
      case "lun" -> drives.lun(disk, bus, key);
      case "floppy" -> drives.floppy(disk, key);
      default ->
          throw unsupported("devices/disk/@device", "'" + device(disk) + "' is none of VMware's");
    }
    if (bus == Bus.SCSI) {
      cache(disk, key);
    }
  }

  private void hardDisk(XmlElement disk, Bus bus, String key) throws VirtException {
    vmx.set(key + "deviceType", bus == Bus.SCSI ? "scsi-hardDisk" : "ata-hardDisk");
    if (!"file".equals(disk.attribute("type"))) {
      throw unsupported("devices/disk/@type", "'" + disk.attribute("type") + "' is not file");
    }
    String file = Xml.attribute(disk, "source", "file");
    vmx.set(key + "fileName", drives.fileName(file, ".vmdk"));
    if (disk.child("transient").isPresent()) {
      vmx.set(key + "mode", "independent-nonpersistent");
    }
  }

  /** Only controllers of SCSI are told; the others have no choice. */
  private void cache(XmlElement disk, String key) throws VirtException {
    String cache = Xml.attribute(disk, "driver", "cache");
    if ("writethrough".equals(cache)) {
      vmx.set(key + "writeThrough", "true");
    } else if (cache != null && !cache.equals("default")) {
      throw unsupported("devices/disk/driver/@cache", "'" + cache + "' is not writethrough");
    }
  }
}
