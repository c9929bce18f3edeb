package org.virt.format.vmx;

import static org.virt.format.vmx.VmxWriter.unsupported;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;

/** Disks, drives and their controllers. */
final class DiskWriter {
  private static final int CONTROLLERS = 4;
  private static final Map<String, String> MODELS =
      Map.of(
          "buslogic", "buslogic",
          "lsilogic", "lsilogic",
          "lsisas1068", "lsisas1068",
          "vmpvscsi", "pvscsi");

  private final VmxConfig vmx;
  private final VmxSite site;

  /** SCSI controllers and their models, empty where VMware chooses. */
  private final Map<Integer, String> scsi = new TreeMap<>();

  private final TreeSet<Integer> sata = new TreeSet<>();

  DiskWriter(VmxConfig vmx, VmxSite site) {
    this.vmx = vmx;
    this.site = site;
  }

  boolean hasScsi() {
    return !scsi.isEmpty();
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
      case "sata" -> sata.add(number);
      case "ide", "fdc", "pci", "usb" -> {
        // The board has these.
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

  /** Returns where the disk is: by its address, without one by its name. */
  private static Bus.Place place(XmlElement disk) throws VirtException {
    Bus bus = bus(disk);
    String target = Xml.attribute(disk, "target", "dev");
    XmlElement address = Xml.child(disk, "address").orElse(null);
    Bus.Place place;
    if (address != null && "drive".equals(address.attribute("type"))) {
      String first = bus == Bus.IDE ? "bus" : "controller";
      place = new Bus.Place(number(address, first), number(address, "unit"));
    } else {
      place =
          bus.place(target)
              .orElseThrow(
                  () ->
                      unsupported(
                          "devices/disk/target/@dev",
                          "'" + target + "' is no name on the bus " + bus.name));
    }
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
      case "cdrom", "lun" -> cdrom(disk, bus, key);
      case "floppy" -> floppy(disk, key);
      default ->
          throw unsupported("devices/disk/@device", "'" + device(disk) + "' is none of VMware's");
    }
  }

  private void hardDisk(XmlElement disk, Bus bus, String key) throws VirtException {
    vmx.set(key + "deviceType", bus == Bus.SCSI ? "scsi-hardDisk" : "ata-hardDisk");
    if (!"file".equals(disk.attribute("type"))) {
      throw unsupported("devices/disk/@type", "'" + disk.attribute("type") + "' is not file");
    }
    String file = Xml.attribute(disk, "source", "file");
    vmx.set(key + "fileName", fileName(file, ".vmdk"));
    String cache = Xml.attribute(disk, "driver", "cache");
    if ("writethrough".equals(cache)) {
      vmx.set(key + "writeThrough", "true");
    } else if (cache != null && !cache.equals("default")) {
      throw unsupported(
          "devices/disk/driver/@cache", "'" + cache + "' of " + file + " is not writethrough");
    }
    if (Xml.child(disk, "transient").isPresent()) {
      vmx.set(key + "mode", "independent-nonpersistent");
    }
  }

  private String fileName(String file, String suffix) throws VirtException {
    if (file == null || !file.toLowerCase(Locale.ROOT).endsWith(suffix)) {
      throw unsupported("devices/disk/source/@file", "'" + file + "' does not end in " + suffix);
    }
    return VmxText.quote(site.fileName(file));
  }

  private void cdrom(XmlElement disk, Bus bus, String key) throws VirtException {
    String type = String.valueOf(disk.attribute("type"));
    if (type.equals("file")) {
      vmx.set(key + "deviceType", "cdrom-image");
      String file = Xml.attribute(disk, "source", "file");
      vmx.set(key + "fileName", file == null ? DiskReader.EMPTY : fileName(file, ".iso"));
      return;
    }
    if (!type.equals("block")) {
      throw unsupported("devices/disk/@type", "'" + type + "' is neither file nor block");
    }
    String device = Xml.attribute(disk, "source", "dev");
    boolean auto = "optional".equals(Xml.attribute(disk, "source", "startupPolicy"));
    vmx.set(key + "deviceType", cdromType(device(disk), bus, device));
    if (auto) {
      vmx.set(key + "autodetect", "true");
      vmx.set(key + "fileName", DiskReader.AUTO_DETECT);
    } else {
      vmx.set(key + "fileName", device == null ? "" : VmxText.quote(device));
    }
  }

  private static String cdromType(String device, Bus bus, String path) {
    if (device.equals("cdrom")) {
      return "atapi-cdrom";
    }
    boolean passthru = bus == Bus.SCSI && path != null && path.startsWith(DiskReader.HOST_CDROM);
    return passthru ? "scsi-passthru" : "cdrom-raw";
  }

  private void floppy(XmlElement disk, String key) throws VirtException {
    boolean file = "file".equals(disk.attribute("type"));
    if (!file && !"block".equals(disk.attribute("type"))) {
      throw unsupported(
          "devices/disk/@type", "'" + disk.attribute("type") + "' is neither file nor block");
    }
    vmx.set(key + "fileType", file ? "file" : "device");
    String path = Xml.attribute(disk, "source", file ? "file" : "dev");
    if (file && path != null) {
      vmx.set(key + "fileName", fileName(path, ".flp"));
    } else if (path != null) {
      vmx.set(key + "fileName", VmxText.quote(path));
    }
  }
}
