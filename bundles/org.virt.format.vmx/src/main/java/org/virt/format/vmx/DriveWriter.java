package org.virt.format.vmx;

import static org.virt.format.vmx.VmxWriter.unsupported;

import java.util.Locale;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;

/** Drives of removable media, and the names of files. */
final class DriveWriter {
  private final VmxConfig vmx;
  private final VmxSite site;

  DriveWriter(VmxConfig vmx, VmxSite site) {
    this.vmx = vmx;
    this.site = site;
  }

  String fileName(String file, String suffix) throws VirtException {
    if (file == null || !file.toLowerCase(Locale.ROOT).endsWith(suffix)) {
      throw unsupported("devices/disk/source/@file", "'" + file + "' does not end in " + suffix);
    }
    return VmxText.quote(site.fileName(file));
  }

  void cdrom(XmlElement disk, String key) throws VirtException {
    String file = Xml.attribute(disk, "source", "file");
    // A drive without a source holds nothing, whatever would be its kind.
    if ("file".equals(disk.attribute("type")) || disk.child("source").isEmpty()) {
      vmx.set(key + "deviceType", "cdrom-image");
      vmx.set(key + "fileName", file == null ? DiskReader.EMPTY : fileName(file, ".iso"));
    } else {
      lun(disk, Bus.IDE, key);
    }
  }

  /** Writes a drive of the host. */
  void lun(XmlElement disk, Bus bus, String key) throws VirtException {
    String type = String.valueOf(disk.attribute("type"));
    if (!type.equals("block")) {
      throw unsupported("devices/disk/@type", "'" + type + "' is neither file nor block");
    }
    String device = Xml.attribute(disk, "source", "dev");
    String policy = Xml.attribute(disk, "source", "startupPolicy");
    boolean auto = device == null && "optional".equals(policy);
    vmx.set(key + "deviceType", cdromType(DiskWriter.device(disk), bus, device));
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

  void floppy(XmlElement disk, String key) throws VirtException {
    boolean file = "file".equals(disk.attribute("type"));
    if (!file && !"block".equals(disk.attribute("type"))) {
      throw unsupported(
          "devices/disk/@type", "'" + disk.attribute("type") + "' is neither file nor block");
    }
    vmx.set(key + "fileType", file ? "file" : "device");
    String path = Xml.attribute(disk, "source", file ? "file" : "dev");
    if (file && path != null) {
      vmx.set(key + "fileName", VmxText.quote(site.fileName(path)));
    } else if (path != null) {
      vmx.set(key + "fileName", VmxText.quote(path));
    }
  }
}
