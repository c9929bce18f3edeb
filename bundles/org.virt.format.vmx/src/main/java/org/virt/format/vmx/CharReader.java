package org.virt.format.vmx;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;

/** Serial and parallel ports, and the console that the first serial port is. */
final class CharReader {
  static final Map<String, String> PROTOCOLS =
      Map.of(
          "tcp", "raw",
          "tcp4", "raw",
          "tcp6", "raw",
          "telnet", "telnet",
          "telnets", "telnets",
          "ssl", "tls",
          "tcp+ssl", "tls",
          "tcp4+ssl", "tls",
          "tcp6+ssl", "tls");

  /** The host may be absent: a server on all addresses. */
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?:([A-Za-z0-9+]+):)?//(?:[^@/]*@)?(?:\\[([^]]*)]|([^/:\\[]*)):([0-9]{1,5})(?:[/?].*)?");

  private static final int SERIALS = 4;
  private static final int PARALLELS = 3;

  private final VmxConfig vmx;
  private final VmxSite site;

  CharReader(VmxConfig vmx, VmxSite site) {
    this.vmx = vmx;
    this.site = site;
  }

  void read(XmlElement devices) throws VirtException {
    List<XmlElement> consoles = new ArrayList<>();
    for (int i = 0; i < SERIALS; i++) {
      if (isPresent("serial" + i)) {
        devices.append(Xml.with(port("serial", "serial" + i), Xml.element("target", "port", i)));
        if (consoles.isEmpty()) {
          consoles.add(
              Xml.with(
                  port("console", "serial" + i),
                  Xml.element("target", "type", "serial", "port", i)));
        }
      }
    }
    for (int i = 0; i < PARALLELS; i++) {
      if (isPresent("parallel" + i)) {
        devices.append(
            Xml.with(port("parallel", "parallel" + i), Xml.element("target", "port", i)));
      }
    }
    consoles.forEach(devices::append);
  }

  private boolean isPresent(String name) throws VirtException {
    // ThinPrint is a printer of the hosted products that no domain XML knows.
    return vmx.isTrue(name + ".present", false)
        && !"thinprint".equalsIgnoreCase(vmx.get(name + ".fileType"));
  }

  private XmlElement port(String element, String name) throws VirtException {
    boolean serial = name.startsWith("serial");
    // VMware leaves the type out for devices, and then the file for those it looks for itself.
    String type =
        vmx.value(name + ".fileType").orElse(serial ? "device" : "").toLowerCase(Locale.ROOT);
    String file = vmx.get(name + ".fileName");
    if (file == null && serial && (type.equals("device") || type.equals("pipe"))) {
      return Xml.element(element, "type", type.equals("pipe") ? type : "dev");
    }
    if (file == null) {
      throw VmxConfig.invalid(name + ".fileName", null, "");
    }
    String path = VmxText.unquote(file);
    if (type.equals("device")) {
      return Xml.with(Xml.element(element, "type", "dev"), Xml.element("source", "path", path));
    }
    if (type.equals("file")) {
      Optional<String> full = site.path(path);
      return Xml.with(
          Xml.element(element, "type", "file"), Xml.element("source", "path", full.orElse(path)));
    }
    if (type.equals("pipe") && serial) {
      return Xml.with(Xml.element(element, "type", "pipe"), Xml.element("source", "path", path));
    }
    if (type.equals("network") && serial) {
      return network(element, name, path);
    }
    throw VmxConfig.invalid(
        name + ".fileType",
        vmx.get(name + ".fileType"),
        serial ? "device, file, pipe or network" : "device or file");
  }

  private XmlElement network(String element, String name, String address) throws VirtException {
    String key = name + ".fileName";
    Matcher uri = ADDRESS.matcher(address);
    String protocol = null;
    if (uri.matches()) {
      String scheme = uri.group(1) == null ? "tcp" : uri.group(1);
      protocol = PROTOCOLS.get(scheme.toLowerCase(Locale.ROOT));
    }
    if (protocol == null) {
      throw VmxConfig.invalid(
          key, address, "a URI of tcp, telnet, telnets or ssl with a host and a port");
    }
    String host = uri.group(2) == null ? uri.group(3) : uri.group(2);
    return Xml.with(
        Xml.element(element, "type", "tcp"),
        Xml.element(
            "source",
            "mode",
            mode(name),
            "host",
            host.isEmpty() ? null : host,
            "service",
            uri.group(4)),
        Xml.element("protocol", "type", protocol));
  }

  private String mode(String name) throws VirtException {
    String key = name + ".network.endPoint";
    String end = vmx.get(key);
    if (end == null || end.equalsIgnoreCase("server")) {
      return "bind";
    }
    if (end.equalsIgnoreCase("client")) {
      return "connect";
    }
    throw VmxConfig.invalid(key, end, "server or client");
  }
}
