package org.virt.driver.qemu.internal.guest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.virt.api.xml.XmlElement;

/** Makes nodes of XML, and XML of nodes. */
final class NodeXml {
  private static final String QEMU = "http://libvirt.org/schemas/domain/qemu/1.0";

  private NodeXml() {}

  static Node read(XmlElement element) {
    Node node = new Node(element.namespace(), name(element));
    element.attributes().forEach(a -> node.set(a.name(), a.value()));
    if (element.name().equals("metadata")) {
      return node.keep(element);
    }
    List<XmlElement> elements = element.children();
    if (elements.isEmpty()) {
      node.text(element.text());
    }
    for (XmlElement child : elements) {
      node.add(read(child));
    }
    return node;
  }

  /** QEMU's own elements have libvirt's prefix, whichever the document has for them. */
  private static String name(XmlElement element) {
    String name = element.name();
    return element.namespace().equals(QEMU)
        ? "qemu:" + name.substring(name.indexOf(':') + 1)
        : name;
  }

  static XmlElement write(Node node) {
    XmlElement element = new XmlElement(node.namespace(), node.name());
    for (String attribute : node.attributes()) {
      String value = node.get("@" + attribute);
      element.set(new XmlElement.Attribute("", attribute, value));
    }
    node.children().forEach(child -> element.append(child.toElement()));
    if (!node.rawText().isEmpty()) {
      element.append(node.rawText());
    }
    return element;
  }

  static XmlElement unique(XmlElement metadata) {
    XmlElement unique = new XmlElement(metadata.namespace(), metadata.name());
    Map<String, XmlElement> kept = new LinkedHashMap<>();
    for (XmlElement child : metadata.children()) {
      if (!child.namespace().isEmpty()) {
        kept.putIfAbsent(child.namespace(), child);
      }
    }
    kept.values().forEach(unique::append);
    return unique;
  }
}
