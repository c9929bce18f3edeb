package org.virt.driver.esx.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;

/**
 * What network XML asks of a virtual switch.
 *
 * @param name of the switch
 * @param uplinks the host's network cards that it is connected to
 * @param groups its port groups
 */
record NetworkPlan(String name, List<String> uplinks, List<Group> groups) {
  private static final int MAX_VLAN = 4095;
  private static final Set<String> KNOWN = Set.of("name", "forward", "portgroup");

  /** A port group and its VLAN, 0 for none. */
  record Group(String name, int vlan) {}

  /** Reads network XML; {@code CONFIG_UNSUPPORTED} for what a virtual switch does not have. */
  static NetworkPlan read(String xml) throws VirtException {
    XmlElement network = SafeXml.tree("network XML", xml);
    List<String> uplinks = new ArrayList<>();
    List<Group> groups = new ArrayList<>();
    String name = "";
    for (XmlElement element : network.children()) {
      if (!KNOWN.contains(element.name())) {
        throw unsupported(element.name(), "a virtual switch has no such thing");
      }
      switch (element.name()) {
        case "name" -> name = element.text().strip();
        case "forward" -> uplinks.addAll(uplinks(element));
        default -> groups.add(group(element));
      }
    }
    if (!network.name().equals("network") || name.isEmpty()) {
      throw new VirtException(ErrorCode.XML_ERROR, "read network XML: /network/name is missing");
    }
    return new NetworkPlan(name, List.copyOf(uplinks), List.copyOf(groups));
  }

  private static List<String> uplinks(XmlElement forward) throws VirtException {
    if (!"bridge".equals(forward.attribute("mode"))) {
      throw unsupported("forward/@mode", "'" + forward.attribute("mode") + "' is not bridge");
    }
    List<String> uplinks = new ArrayList<>();
    for (XmlElement one : forward.children("interface")) {
      if (one.attribute("dev") == null) {
        throw unsupported("forward/interface/@dev", "is missing");
      }
      uplinks.add(one.attribute("dev"));
    }
    return uplinks;
  }

  private static Group group(XmlElement element) throws VirtException {
    String name = element.attribute("name");
    if (name == null || name.isEmpty()) {
      throw unsupported("portgroup/@name", "is missing");
    }
    int vlan = 0;
    for (XmlElement child : element.children()) {
      List<XmlElement> tags = child.children("tag");
      String id = tags.size() == 1 ? String.valueOf(tags.get(0).attribute("id")) : "";
      if (!child.name().equals("vlan") || !id.matches("[0-9]{1,4}")) {
        throw unsupported("portgroup/" + child.name(), "is not a VLAN with one tag");
      }
      vlan = Integer.parseInt(id);
    }
    if (vlan > MAX_VLAN) {
      throw unsupported("portgroup/vlan/tag/@id", vlan + " is more than " + MAX_VLAN);
    }
    return new Group(name, vlan);
  }

  private static VirtException unsupported(String path, String reason) {
    return new VirtException(
        ErrorCode.CONFIG_UNSUPPORTED, "read network XML: /network/" + path + ": " + reason);
  }
}
