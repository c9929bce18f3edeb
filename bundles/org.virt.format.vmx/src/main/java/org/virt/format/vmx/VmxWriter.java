package org.virt.format.vmx;

import java.util.List;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;

/** Makes a VMX file of domain XML, as libvirt's ESX driver does (libvirt's drvesx). */
public final class VmxWriter {
  private static final long KIB = 1024;
  private static final int OLDEST = 4;

  /** The oldest version with serial ports over the network and more than four network cards. */
  private static final int ESX_4 = 7;

  /** That of Workstation 8: disks beside no datastore are those of a hosted product. */
  private static final int HOSTED = 8;

  /** That of ESXi 5.5, for sockets with several cores and more virtual CPUs than version 8 has. */
  private static final int MULTI_CORE = 10;

  private static final int MAX_OLD_VCPUS = 8;
  private static final Set<String> KNOWN_DEVICES =
      Set.of(
          "emulator",
          "disk",
          "controller",
          "filesystem",
          "interface",
          "serial",
          "parallel",
          "console",
          "graphics",
          "video",
          "input",
          "memballoon");

  /** What VMware asks for with Windows, KiB. */
  private static final long MIN_VRAM = 64;

  private final DomainConfig config;
  private final XmlElement domain;
  private final XmlElement devices;
  private final VmxSite site;
  private final VmxConfig vmx = new VmxConfig();

  private VmxWriter(DomainConfig config, VmxSite site) throws VirtException {
    this.config = config;
    this.domain = SafeXml.tree("domain XML", DomainXml.print(config));
    this.devices = domain.child("devices").orElse(new XmlElement("", "devices"));
    this.site = site;
  }

  /**
   * Returns the VMX file.
   *
   * @throws VirtException {@code XML_ERROR}; {@code CONFIG_UNSUPPORTED} with the element
   */
  public static String write(String domainXml, VmxSite site) throws VirtException {
    DomainConfig config = DomainXml.parse(domainXml);
    config.ensureUuid();
    return new VmxWriter(config, site).file();
  }

  /** Makes the error about an element that VMware does not have. */
  static VirtException unsupported(String path, String reason) {
    return new VirtException(
        ErrorCode.CONFIG_UNSUPPORTED, "write VMX: /domain/" + path + ": " + reason);
  }

  private String file() throws VirtException {
    if (!config.type.equals("vmware")) {
      throw unsupported("@type", "'" + config.type + "' is not 'vmware'");
    }
    for (XmlElement device : devices.children()) {
      if (!KNOWN_DEVICES.contains(device.name())) {
        throw unsupported("devices/" + device.name(), "VMware's configuration has no such device");
      }
    }
    int version = site.hardwareVersion().orElseGet(this::oldestVersion);
    vmx.set(".encoding", "UTF-8").set("config.version", 8).set("virtualHW.version", version);
    system();
    identity();
    memory();
    new CpuWriter(vmx, config, domain).write();
    graphics();
    DiskWriter disks = new DiskWriter(vmx, site);
    disks.write(devices);
    sharedFolders();
    new EthernetWriter(vmx, version < ESX_4).write(devices);
    new CharWriter(vmx, site).write(devices);
    video();
    if (version >= ESX_4) {
      chipset(disks.hasScsi());
    }
    return vmx.toString();
  }

  private int oldestVersion() {
    if (CpuWriter.topology(domain).isPresent() || config.vcpu.count() > MAX_OLD_VCPUS) {
      return MULTI_CORE;
    }
    boolean hosted =
        devices.children("disk").stream()
            .filter(disk -> "disk".equals(DiskWriter.device(disk)))
            .map(disk -> Xml.attribute(disk, "source", "file"))
            .anyMatch(file -> file != null && file.startsWith("/"));
    boolean network =
        devices.children("serial").stream().anyMatch(s -> "tcp".equals(s.attribute("type")));
    boolean newer = network || devices.children("interface").size() > EthernetWriter.OLD_CARDS;
    return hosted ? HOSTED : newer ? ESX_4 : OLDEST;
  }

  private void system() throws VirtException {
    String arch = config.os.type.arch == null ? "i686" : config.os.type.arch;
    switch (arch) {
      case "i686" -> vmx.set("guestOS", "other");
      case "x86_64" -> vmx.set("guestOS", "other-64");
      default -> throw unsupported("os/type/@arch", "'" + arch + "' is neither i686 nor x86_64");
    }
    XmlElement os = domain.child("os").orElseThrow();
    String firmware = os.attribute("firmware");
    if (firmware != null && !firmware.equals("bios") && !firmware.equals("efi")) {
      throw unsupported("os/@firmware", "'" + firmware + "' is neither bios nor efi");
    }
    if ("efi".equals(firmware)) {
      vmx.set("firmware", "efi");
    }
    String smbios = Xml.attribute(os, "smbios", "mode");
    if ("host".equals(smbios)) {
      vmx.set("smbios.reflecthost", "true");
    } else if (smbios != null && !smbios.equals("emulate")) {
      throw unsupported("os/smbios/@mode", "'" + smbios + "' is neither host nor emulate");
    }
  }

  private void identity() {
    if (config.uuid.equals(VmxReader.NO_UUID)) {
      vmx.set("uuid.action", "create");
    } else {
      vmx.set("uuid.bios", uuid(config.uuid));
    }
    vmx.set("displayName", VmxText.quote(VmxText.escapeName(config.name)));
    if (config.description != null && !config.description.isEmpty()) {
      vmx.set("annotation", VmxText.quote(config.description));
    }
  }

  /** Returns a UUID in VMware's form. */
  static String uuid(String uuid) {
    String bytes = uuid.replace("-", "").replaceAll("(..)(?!$)", "$1 ");
    return bytes.substring(0, 23) + '-' + bytes.substring(24);
  }

  private void memory() throws VirtException {
    long size = roundUp(config.memory.kib(), 4 * KIB);
    vmx.set("memsize", size / KIB);
    long current = config.currentMemory.kib();
    if (current < size) {
      vmx.set("sched.mem.max", roundUp(current, KIB) / KIB);
    }
    for (XmlElement tune : domain.children("memtune")) {
      String reserved = Xml.childText(tune, "min_guarantee");
      long kib = reserved == null ? 0 : number("memtune/min_guarantee", reserved.strip());
      if (kib > 0) {
        vmx.set("sched.mem.minsize", roundUp(kib, KIB) / KIB);
      }
    }
  }

  private static long roundUp(long value, long unit) {
    return (value + unit - 1) / unit * unit;
  }

  static int number(String path, String text) throws VirtException {
    if (text == null || !text.matches("[0-9]{1,9}")) {
      throw unsupported(path, "'" + text + "' is not a number");
    }
    return Integer.parseInt(text);
  }

  private void graphics() throws VirtException {
    for (XmlElement graphics : devices.children("graphics")) {
      String type = graphics.attribute("type");
      if (!"vnc".equals(type)) {
        throw unsupported("devices/graphics/@type", "'" + type + "' is not vnc");
      }
      vmx.set("RemoteDisplay.vnc.enabled", "true");
      String port = graphics.attribute("port");
      if (!"yes".equals(graphics.attribute("autoport")) && port != null && !port.equals("-1")) {
        vmx.set("RemoteDisplay.vnc.port", number("devices/graphics/@port", port));
      }
      String listen = graphics.attribute("listen");
      setIfGiven(
          "RemoteDisplay.vnc.ip",
          listen == null ? Xml.attribute(graphics, "listen", "address") : listen);
      setIfGiven("RemoteDisplay.vnc.keymap", graphics.attribute("keymap"));
      setIfGiven("RemoteDisplay.vnc.password", graphics.attribute("passwd"));
    }
  }

  private void setIfGiven(String key, String value) {
    if (value != null) {
      vmx.set(key, VmxText.quote(value));
    }
  }

  private void sharedFolders() throws VirtException {
    List<XmlElement> folders = devices.children("filesystem");
    if (folders.isEmpty()) {
      return;
    }
    vmx.set("isolation.tools.hgfs.disable", "false");
    vmx.set("sharedFolder.maxNum", folders.size());
    for (int i = 0; i < folders.size(); i++) {
      XmlElement folder = folders.get(i);
      String type = folder.attribute("type");
      if (type != null && !type.equals("mount")) {
        throw unsupported("devices/filesystem/@type", "'" + type + "' is not mount");
      }
      String key = "sharedFolder" + i + '.';
      vmx.set(key + "present", "true").set(key + "enabled", "true").set(key + "readAccess", "true");
      vmx.set(key + "writeAccess", folder.child("readonly").isEmpty());
      setIfGiven(key + "hostPath", Xml.attribute(folder, "source", "dir"));
      setIfGiven(key + "guestName", Xml.attribute(folder, "target", "dir"));
    }
  }

  private void video() throws VirtException {
    List<XmlElement> videos = devices.children("video");
    if (videos.size() > 1) {
      throw unsupported("devices/video", "there is one graphics card, not " + videos.size());
    }
    if (videos.isEmpty() && devices.children("graphics").isEmpty()) {
      return;
    }
    XmlElement video = videos.isEmpty() ? Xml.element("video") : videos.get(0);
    String type = Xml.attribute(video, "model", "type");
    if (type != null && !type.equals("vmvga")) {
      throw unsupported("devices/video/model/@type", "'" + type + "' is not vmvga");
    }
    String heads = Xml.attribute(video, "model", "heads");
    if (heads != null && !heads.equals("1")) {
      throw unsupported("devices/video/model/@heads", heads + " are more than one");
    }
    String vram = Xml.attribute(video, "model", "vram");
    long kib = vram == null ? 0 : number("devices/video/model/@vram", vram);
    vmx.set("svga.vramSize", Math.max(MIN_VRAM, VmxReader.videoMemory(kib)) * KIB);
  }

  /** Adds what the product itself gives machines of version 7 on: PCI Express ports, VMCI. */
  private void chipset(boolean scsi) {
    if (scsi) {
      vmx.set("pciBridge0.present", "true");
      for (int i = 4; i < 8; i++) {
        String key = "pciBridge" + i + '.';
        vmx.set(key + "present", "true");
        vmx.set(key + "virtualDev", "pcieRootPort").set(key + "functions", 8);
      }
    }
    vmx.set("vmci0.present", "true");
  }
}
