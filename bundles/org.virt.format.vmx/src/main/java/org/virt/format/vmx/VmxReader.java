package org.virt.format.vmx;

import java.util.Locale;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;
import org.virt.api.xml.XmlWriter;

/** Makes domain XML of a VMX file, as libvirt's ESX driver does (libvirt's drvesx). */
public final class VmxReader {
  static final String NAMESPACE = "http://libvirt.org/schemas/domain/vmware/1.0";

  private static final long KIB = 1024;
  private static final long DEFAULT_MEMORY = 32;
  private static final long DEFAULT_VRAM = 4096;

  /** More than any product has, KiB; a greater number is one that nobody meant. */
  private static final long MAX_VRAM = 1 << 30;

  static final String NO_UUID = "00000000-0000-0000-0000-000000000000";

  private final VmxConfig vmx;
  private final VmxSite site;

  private VmxReader(VmxConfig vmx, VmxSite site) {
    this.vmx = vmx;
    this.site = site;
  }

  /**
   * Returns the domain XML.
   *
   * @throws VirtException {@code PARSE_FAILED} with the entry or line
   */
  public static String read(String text, VmxSite site) throws VirtException {
    return read(VmxConfig.parse(text), site);
  }

  /** Returns the domain XML of what has been read already; errors as above. */
  public static String read(VmxConfig vmx, VmxSite site) throws VirtException {
    XmlElement domain = new VmxReader(vmx, site).domain();
    XmlWriter out = new XmlWriter();
    try {
      domain.write(out);
      return out.toString();
    } catch (IllegalArgumentException e) {
      throw new VirtException(ErrorCode.PARSE_FAILED, "read VMX: " + e.getMessage(), e);
    }
  }

  private XmlElement domain() throws VirtException {
    version("config.version", 8, 8);
    version("virtualHW.version", 4, Long.MAX_VALUE);
    XmlElement domain = Xml.element("domain", "type", "vmware");
    identity(domain);
    memory(domain);
    CpuReader cpus = new CpuReader(vmx);
    cpus.read(domain);
    domain.append(os());
    cpus.topology().ifPresent(domain::append);
    Xml.with(
        domain,
        Xml.element("clock", "offset", "utc"),
        Xml.text("on_poweroff", "destroy"),
        Xml.text("on_reboot", "restart"),
        Xml.text("on_crash", "destroy"),
        devices());
    site.datacenterPath().ifPresent(path -> extra(domain, "datacenterpath", path));
    site.reference().ifPresent(reference -> extra(domain, "moref", reference));
    return domain;
  }

  private static void extra(XmlElement domain, String name, String value) {
    domain.declare("vmware", NAMESPACE);
    XmlElement element = new XmlElement(NAMESPACE, "vmware:" + name);
    element.append(value);
    domain.append(element);
  }

  private void version(String key, long least, long most) throws VirtException {
    long version = vmx.number(key, -1);
    if (version < least || version > most) {
      throw VmxConfig.invalid(key, vmx.get(key), least == most ? "" + least : least + " or higher");
    }
  }

  private void identity(XmlElement domain) throws VirtException {
    String name = vmx.get("displayName");
    if (name != null) {
      VmxText.check("displayName", name, '|');
      String unquoted = VmxText.unquote(name);
      VmxText.check("displayName", unquoted, '%');
      domain.append(Xml.text("name", VmxText.unescapeName(unquoted)));
    }
    String uuid = vmx.get("uuid.bios");
    domain.append(Xml.text("uuid", uuid == null ? NO_UUID : uuid("uuid.bios", uuid)));
    long high = vmx.number("vm.genid", 0);
    long low = vmx.number("vm.genidX", 0);
    if (high != 0 || low != 0) {
      domain.append(Xml.text("genid", hyphens("%016x%016x".formatted(high, low))));
    }
    String annotation = vmx.get("annotation");
    if (annotation != null) {
      VmxText.check("annotation", annotation, '|');
      domain.append(Xml.text("description", VmxText.unquote(annotation)));
    }
  }

  /** Reads a UUID in VMware's form, bytes with spaces and one hyphen. */
  static String uuid(String key, String value) throws VirtException {
    String digits = value.replaceAll("[\\s-]", "").toLowerCase(Locale.ROOT);
    if (!digits.matches("[0-9a-f]{32}")) {
      throw VmxConfig.invalid(key, value, "a UUID");
    }
    return hyphens(digits);
  }

  private static String hyphens(String digits) {
    return digits.replaceFirst("(.{8})(.{4})(.{4})(.{4})", "$1-$2-$3-$4-");
  }

  private void memory(XmlElement domain) throws VirtException {
    long size = vmx.number("memsize", DEFAULT_MEMORY);
    if (size <= 0 || size % 4 != 0) {
      throw VmxConfig.invalid("memsize", vmx.get("memsize"), "a multiple of 4 greater than 0");
    }
    long limit = vmx.number("sched.mem.max", size);
    long balloon = limit <= 0 ? size : Math.min(limit, size);
    domain.append(kib("memory", size * KIB));
    domain.append(kib("currentMemory", balloon * KIB));
    long reserved = Math.min(vmx.number("sched.mem.minsize", 0), size);
    if (reserved > 0) {
      domain.append(Xml.with(new XmlElement("", "memtune"), kib("min_guarantee", reserved * KIB)));
    }
  }

  private static XmlElement kib(String name, long amount) {
    XmlElement element = Xml.element(name, "unit", "KiB");
    element.append(Long.toString(amount));
    return element;
  }

  private XmlElement os() throws VirtException {
    String firmware = vmx.value("firmware").orElse("bios").toLowerCase(Locale.ROOT);
    boolean efi = firmware.equals("efi");
    if (!efi && !firmware.equals("bios")) {
      throw VmxConfig.invalid("firmware", firmware, "bios or efi");
    }
    XmlElement os = Xml.element("os", "firmware", efi ? "efi" : null);
    String guest = vmx.value("guestOS").orElse("").toLowerCase(Locale.ROOT);
    XmlElement type = Xml.element("type", "arch", guest.endsWith("-64") ? "x86_64" : "i686");
    type.append("hvm");
    os.append(type);
    if (vmx.isTrue("smbios.reflecthost", false)) {
      os.append(Xml.element("smbios", "mode", "host"));
    }
    return os;
  }

  private XmlElement devices() throws VirtException {
    XmlElement devices = new XmlElement("", "devices");
    new DiskReader(vmx, site).read(devices, vmx.number("virtualHW.version", 0));
    sharedFolders(devices);
    new EthernetReader(vmx).read(devices);
    new CharReader(vmx, site).read(devices);
    graphics(devices);
    devices.append(video());
    return devices;
  }

  private XmlElement video() throws VirtException {
    long bytes = Math.max(0, vmx.number("svga.vramSize", 0));
    long kib = videoMemory(bytes / KIB + (bytes % KIB > 0 ? 1 : 0));
    return Xml.with(
        new XmlElement("", "video"),
        Xml.element("model", "type", "vmvga", "vram", kib, "primary", "yes"));
  }

  /** Returns the memory of a graphics card, KiB: a power of two for libvirt, and for Windows. */
  static long videoMemory(long given) {
    long kib = given == 0 ? DEFAULT_VRAM : Math.min(given, MAX_VRAM);
    long power = Long.highestOneBit(kib);
    return power == kib ? kib : 2 * power;
  }

  private void sharedFolders(XmlElement devices) throws VirtException {
    if (vmx.isTrue("isolation.tools.hgfs.disable", true)) {
      return;
    }
    long count = vmx.number("sharedFolder.maxNum", 0);
    for (int i = 0; i < Math.min(count, 1000); i++) {
      String prefix = "sharedFolder" + i + '.';
      if (!vmx.isTrue(prefix + "present", false) || !vmx.isTrue(prefix + "enabled", false)) {
        continue;
      }
      XmlElement folder =
          Xml.with(
              Xml.element("filesystem", "type", "mount", "accessmode", "passthrough"),
              Xml.element("source", "dir", required(prefix + "hostPath")),
              Xml.element("target", "dir", required(prefix + "guestName")));
      if (!vmx.isTrue(prefix + "writeAccess", false)) {
        folder.append(new XmlElement("", "readonly"));
      }
      devices.append(folder);
    }
  }

  private String required(String key) throws VirtException {
    String value = vmx.get(key);
    if (value == null) {
      throw VmxConfig.invalid(key, null, "");
    }
    return VmxText.unquote(value);
  }

  private void graphics(XmlElement devices) throws VirtException {
    if (!vmx.isTrue("RemoteDisplay.vnc.enabled", false)) {
      return;
    }
    long port = vmx.number("RemoteDisplay.vnc.port", -1);
    String listen = vmx.get("RemoteDisplay.vnc.ip");
    devices.append(
        Xml.with(
            Xml.element(
                "graphics",
                "type",
                "vnc",
                "port",
                port,
                "autoport",
                port < 0 ? "yes" : "no",
                "listen",
                listen,
                "keymap",
                vmx.get("RemoteDisplay.vnc.keymap"),
                "passwd",
                vmx.get("RemoteDisplay.vnc.password")),
            Xml.element("listen", "type", "address", "address", listen)));
  }
}
