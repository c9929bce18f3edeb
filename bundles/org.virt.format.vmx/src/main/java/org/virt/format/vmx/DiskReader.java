package org.virt.format.vmx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;

/** Disks, drives and their controllers. */
final class DiskReader {
  static final String EMPTY = "emptyBackingString";
  static final String AUTO_DETECT = "auto detect";
  static final String HOST_CDROM = "/vmfs/devices/cdrom/";

  private static final int CONTROLLERS = 4;

  /** The first version of the virtual hardware with more than 16 units at a SCSI controller. */
  private static final int WIDE_SCSI = 13;

  private static final Map<String, String> SCSI_MODELS =
      Map.of(
          "buslogic", "buslogic",
          "lsilogic", "lsilogic",
          "lsisas1068", "lsisas1068",
          "pvscsi", "vmpvscsi");

  private final VmxConfig vmx;
  private final VmxSite site;
  private final List<XmlElement> disks = new ArrayList<>();

  /** Index of the last controller that has a disk, by bus. */
  private final Map<Bus, Integer> used = new TreeMap<>();

  private final Map<Integer, String> models = new TreeMap<>();

  /** How many units a SCSI controller has. */
  private int scsiUnits = Bus.SCSI.slots;

  /** For how many units of each SCSI controller there are names. */
  private int scsiNames = Bus.SCSI.slots;

  DiskReader(VmxConfig vmx, VmxSite site) {
    this.vmx = vmx;
    this.site = site;
  }

  /** A slot that a disk may be in. */
  private record Slot(Bus bus, Bus.Place place) {
    Slot(Bus bus, int controller, int unit) {
      this(bus, new Bus.Place(controller, unit));
    }

    String key() {
      return bus.key + place.controller() + ':' + place.unit() + '.';
    }

    XmlElement target(int scsiNames) {
      int units = bus == Bus.SCSI ? scsiNames : bus.slots;
      return Xml.element("target", "dev", bus.target(place, units), "bus", bus.name);
    }
  }

  /**
   * Adds the disks.
   *
   * @param hardware the version of the virtual hardware
   */
  void read(XmlElement devices, long hardware) throws VirtException {
    if (hardware >= WIDE_SCSI) {
      scsiUnits = Bus.WIDE;
      scsiNames = sharesNames() ? Bus.WIDE : Bus.SCSI.slots;
    }
    for (int i = 0; i < CONTROLLERS; i++) {
      if (vmx.isTrue("scsi" + i + ".present", false)) {
        models.put(i, scsiModel(i));
        slots(Bus.SCSI, i);
      }
    }
    for (int i = 0; i < CONTROLLERS; i++) {
      if (vmx.isTrue("sata" + i + ".present", false)) {
        slots(Bus.SATA, i);
      }
    }
    for (int channel = 0; channel < 2; channel++) {
      for (int unit = 0; unit < 2; unit++) {
        disk(new Slot(Bus.IDE, channel, unit));
      }
    }
    floppies();
    disks.forEach(devices::append);
    for (Map.Entry<Bus, Integer> bus : used.entrySet()) {
      for (int i = 0; i <= bus.getValue(); i++) {
        String model = bus.getKey() == Bus.SCSI ? models.get(i) : null;
        devices.append(
            Xml.element("controller", "type", bus.getKey().name, "index", i, "model", model));
      }
    }
  }

  /** Says whether disks would have one name, were there names for as many units as of old. */
  private boolean sharesNames() throws VirtException {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < CONTROLLERS; i++) {
      for (int unit = 0; unit < Bus.WIDE; unit++) {
        Slot slot = new Slot(Bus.SCSI, i, unit);
        if (unit != Bus.SCSI.reserved
            && vmx.isTrue("scsi" + i + ".present", false)
            && vmx.isTrue(slot.key() + "present", false)
            && !names.add(Bus.SCSI.target(slot.place(), Bus.SCSI.slots))) {
          return true;
        }
      }
    }
    return false;
  }

  private String scsiModel(int controller) throws VirtException {
    String key = "scsi" + controller + ".virtualDev";
    String given = vmx.get(key);
    if (given == null) {
      return null;
    }
    String model = SCSI_MODELS.get(given.toLowerCase(Locale.ROOT));
    if (model == null) {
      throw VmxConfig.invalid(key, given, "buslogic, lsilogic, lsisas1068 or pvscsi");
    }
    return model;
  }

  private void slots(Bus bus, int controller) throws VirtException {
    for (int unit = 0; unit < (bus == Bus.SCSI ? scsiUnits : bus.slots); unit++) {
      if (unit != bus.reserved) {
        disk(new Slot(bus, controller, unit));
      }
    }
  }

  private void add(XmlElement disk, Slot slot) {
    disk.append(slot.bus().address(slot.place()));
    disks.add(disk);
    used.merge(slot.bus(), slot.bus().xmlController(slot.place()), Math::max);
  }

  private void disk(Slot slot) throws VirtException {
    String key = slot.key();
    // Devices of the client are on the desk of whoever looks at the console.
    if (!vmx.isTrue(key + "present", false) || vmx.isTrue(key + "clientDevice", false)) {
      return;
    }
    String file = vmx.get(key + "fileName");
    String type = vmx.value(key + "deviceType").orElse("").toLowerCase(Locale.ROOT);
    if (endsWith(file, ".vmdk")) {
      hardDisk(slot, file, type);
    } else if (endsWith(file, ".iso")) {
      expect(key, type, "cdrom-image");
      add(cdrom("file", "cdrom", slot, fileSource(file)), slot);
    } else if (type.equals("atapi-cdrom")) {
      add(cdrom("block", "cdrom", slot, deviceSource(file)), slot);
    } else if (type.equals("cdrom-raw")) {
      add(cdrom("block", "lun", slot, deviceSource(file)), slot);
    } else if (isPassedThrough(slot, type, file)) {
      add(cdrom("block", "lun", slot, deviceSource(file)), slot);
    } else if (EMPTY.equalsIgnoreCase(file)) {
      expect(key, type, "cdrom-image");
      add(cdrom("file", "cdrom", slot, Optional.empty()), slot);
    } else {
      throw VmxConfig.invalid(key + "fileName", file, "a .vmdk or .iso file or a CD-ROM device");
    }
  }

  private static boolean isPassedThrough(Slot slot, String type, String file) {
    return type.equals("scsi-passthru")
        && slot.bus() == Bus.SCSI
        && file != null
        && file.startsWith(HOST_CDROM);
  }

  private static boolean endsWith(String file, String suffix) {
    return file != null && file.toLowerCase(Locale.ROOT).endsWith(suffix);
  }

  private static void expect(String key, String type, String... allowed) throws VirtException {
    if (!type.isEmpty() && !List.of(allowed).contains(type)) {
      throw VmxConfig.invalid(key + "deviceType", type, String.join(" or ", allowed));
    }
  }

  private void hardDisk(Slot slot, String file, String type) throws VirtException {
    String key = slot.key();
    switch (slot.bus()) {
      case SCSI -> expect(key, type, "scsi-harddisk", "disk");
      case IDE -> expect(key, type, "ata-harddisk", "disk");
      default -> {
        // Products differ in what they call disks at SATA.
      }
    }
    XmlElement disk = Xml.element("disk", "type", "file", "device", "disk");
    if (vmx.isTrue(key + "writeThrough", false)) {
      disk.append(Xml.element("driver", "cache", "writethrough"));
    }
    Optional<XmlElement> source = fileSource(file);
    if (source.isEmpty()) {
      throw VmxConfig.invalid(key + "fileName", file, "a file that is there");
    }
    Xml.with(disk, source.get(), slot.target(scsiNames));
    if ("independent-nonpersistent".equalsIgnoreCase(vmx.get(key + "mode"))) {
      disk.append(new XmlElement("", "transient"));
    }
    add(disk, slot);
  }

  private XmlElement cdrom(String type, String device, Slot slot, Optional<XmlElement> source) {
    XmlElement disk = Xml.element("disk", "type", type, "device", device);
    source.ifPresent(disk::append);
    return Xml.with(disk, slot.target(scsiNames), new XmlElement("", "readonly"));
  }

  private Optional<XmlElement> fileSource(String file) throws VirtException {
    return site.path(VmxText.unquote(file)).map(path -> Xml.element("source", "file", path));
  }

  private static Optional<XmlElement> deviceSource(String file) {
    if (AUTO_DETECT.equalsIgnoreCase(file)) {
      return Optional.of(Xml.element("source", "startupPolicy", "optional"));
    }
    return Optional.ofNullable(file)
        .map(path -> Xml.element("source", "dev", VmxText.unquote(path)));
  }

  private void floppies() throws VirtException {
    for (int unit = 0; unit < 2; unit++) {
      String key = "floppy" + unit + '.';
      if (!vmx.isTrue(key + "present", false) || vmx.isTrue(key + "clientDevice", false)) {
        continue;
      }
      String type = vmx.value(key + "fileType").orElse("").toLowerCase(Locale.ROOT);
      if (!type.equals("device") && !type.equals("file")) {
        throw VmxConfig.invalid(key + "fileType", vmx.get(key + "fileType"), "device or file");
      }
      String file = vmx.get(key + "fileName");
      boolean block = type.equals("device");
      XmlElement disk = Xml.element("disk", "type", block ? "block" : "file", "device", "floppy");
      if (block && file != null) {
        // Also "auto detect", which domain XML has a word for with CD-ROM drives only.
        disk.append(Xml.element("source", "dev", VmxText.unquote(file)));
      } else if (file != null && !file.isEmpty()) {
        fileSource(file).ifPresent(disk::append);
      }
      Slot slot = new Slot(Bus.FLOPPY, 0, unit);
      add(Xml.with(disk, slot.target(scsiNames)), slot);
    }
  }
}
