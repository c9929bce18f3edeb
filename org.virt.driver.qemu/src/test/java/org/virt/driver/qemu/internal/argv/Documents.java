package org.virt.driver.qemu.internal.argv;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.virt.api.VirtException;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;

/** Compares documents: elements in order, attributes in any. */
final class Documents {
  private Documents() {}

  /**
   * Returns the first difference, null when there is none.
   *
   * @param given what both were made of: without a UUID there, that of each is its own
   */
  static String difference(String ours, String theirs, String given) throws VirtException {
    boolean named = !SafeXml.tree("test", given).children("uuid").isEmpty();
    return walk(SafeXml.tree("test", ours), SafeXml.tree("test", theirs), "", named);
  }

  private static String walk(XmlElement ours, XmlElement theirs, String parent, boolean uuid) {
    String path = parent + "/" + theirs.name();
    if (!ours.name().equals(theirs.name())) {
      return parent + ": <" + ours.name() + "> instead of <" + theirs.name() + ">";
    }
    if (!attributes(ours).equals(attributes(theirs))) {
      return path + ": " + attributes(ours) + " instead of " + attributes(theirs);
    }
    List<XmlElement> a = children(ours, uuid);
    List<XmlElement> b = children(theirs, uuid);
    String text = a.isEmpty() ? ours.text().strip() : "";
    String wanted = b.isEmpty() ? theirs.text().strip() : "";
    if (!text.equals(wanted)) {
      return path + ": '" + text + "' instead of '" + wanted + "'";
    }
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      String difference = walk(a.get(i), b.get(i), path, uuid);
      if (difference != null) {
        return difference;
      }
    }
    if (a.size() == b.size()) {
      return null;
    }
    return a.size() > b.size()
        ? path + ": extra <" + a.get(b.size()).name() + ">"
        : path + ": missing <" + b.get(a.size()).name() + ">";
  }

  private static List<XmlElement> children(XmlElement element, boolean uuid) {
    return element.children().stream().filter(c -> uuid || !c.name().equals("uuid")).toList();
  }

  private static Map<String, String> attributes(XmlElement element) {
    Map<String, String> all = new TreeMap<>();
    element.attributes().forEach(a -> all.put(a.name(), a.value()));
    return all;
  }
}
