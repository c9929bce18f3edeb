package org.virt.format.vmx;

import static org.virt.format.vmx.VmxWriter.unsupported;

import java.util.List;
import java.util.Map;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;

/** Serial and parallel ports. */
final class CharWriter {
  private static final Map<String, String> SCHEMES =
      Map.of("raw", "tcp", "telnet", "telnet", "telnets", "telnets", "tls", "ssl");

  private final VmxConfig vmx;
  private final VmxSite site;

  CharWriter(VmxConfig vmx, VmxSite site) {
    this.vmx = vmx;
    this.site = site;
  }

  void write(XmlElement devices) throws VirtException {
    List<XmlElement> serials = devices.children("serial");
    if (serials.isEmpty()) {
      // The first console is the first serial port.
      serials = devices.children("console").stream().filter(CharWriter::isSerial).limit(1).toList();
    }
    for (XmlElement serial : serials) {
      String key = begin(serial, "serial", 4);
      if (!common(serial, key)) {
        serial(serial, key);
      }
      vmx.set(key + "yieldOnMsrRead", "true");
    }
    for (XmlElement parallel : devices.children("parallel")) {
      String key = begin(parallel, "parallel", 3);
      if (!common(parallel, key)) {
        throw unsupportedType(parallel);
      }
    }
  }

  private static boolean isSerial(XmlElement console) {
    String type = Xml.attribute(console, "target", "type");
    return type == null || type.equals("serial");
  }

  private String begin(XmlElement port, String name, int limit) throws VirtException {
    String given = Xml.attribute(port, "target", "port");
    int number = 0;
    while (given == null && vmx.get(name + number + ".present") != null) {
      number++;
    }
    if (given != null) {
      number = VmxWriter.number("devices/" + name + "/target/@port", given);
    }
    if (number >= limit || vmx.get(name + number + ".present") != null) {
      throw unsupported(
          "devices/" + name + "/target/@port", number + " is taken or not below " + limit);
    }
    vmx.set(name + number + ".present", "true");
    return name + number + '.';
  }

  /** Writes what both kinds of ports can be; says whether it was that. */
  private boolean common(XmlElement port, String key) throws VirtException {
    String path = Xml.attribute(port, "source", "path");
    switch (String.valueOf(port.attribute("type"))) {
      case "dev":
        vmx.set(key + "fileType", "device").set(key + "fileName", required(port, path, "path"));
        return true;
      case "file":
        String file = site.fileName(required(port, path, "path"));
        vmx.set(key + "fileType", "file").set(key + "fileName", VmxText.quote(file));
        return true;
      default:
        return false;
    }
  }

  private void serial(XmlElement port, String key) throws VirtException {
    switch (String.valueOf(port.attribute("type"))) {
      case "pipe" -> {
        vmx.set(key + "fileType", "pipe");
        vmx.set(key + "fileName", required(port, Xml.attribute(port, "source", "path"), "path"));
        // As VMware's own client has it.
        vmx.set(key + "pipe.endPoint", "client").set(key + "tryNoRxLoss", "false");
      }
      case "tcp" -> network(port, key);
      default -> throw unsupportedType(port);
    }
  }

  private void network(XmlElement port, String key) throws VirtException {
    List<XmlElement> sources = port.children("source");
    XmlElement source = sources.isEmpty() ? Xml.element("source") : sources.get(0);
    String host = source.attribute("host");
    String protocol = Xml.attribute(port, "protocol", "type");
    String scheme = SCHEMES.get(protocol == null ? "raw" : protocol);
    if (scheme == null) {
      throw unsupported("devices/serial/protocol/@type", "'" + protocol + "' is not known");
    }
    vmx.set(key + "fileType", "network");
    vmx.set(
        key + "fileName",
        "%s://%s:%s"
            .formatted(
                scheme,
                host == null ? "" : host.indexOf(':') < 0 ? host : '[' + host + ']',
                required(port, source.attribute("service"), "service")));
    boolean client = "connect".equals(source.attribute("mode"));
    vmx.set(key + "network.endPoint", client ? "client" : "server");
  }

  private static String required(XmlElement port, String value, String attribute)
      throws VirtException {
    if (value == null) {
      throw unsupported("devices/" + port.name() + "/source/@" + attribute, "is missing");
    }
    return VmxText.quote(value);
  }

  private static VirtException unsupportedType(XmlElement port) {
    return unsupported(
        "devices/" + port.name() + "/@type",
        "'" + port.attribute("type") + "' is nothing that VMware has");
  }
}
