package org.virt.driver.qemu.internal.config;

import java.util.List;
import java.util.Optional;
import javax.xml.namespace.QName;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;
import org.virt.model.domain.ConfigNode;
import org.virt.model.domain.Device;

/** Small steps on nodes of the model. */
public final class Nodes {
  private Nodes() {}

  /** Finds an element that the model keeps without naming it. */
  public static Optional<XmlElement> kept(ConfigNode node, String name) {
    return node.otherElements.stream().filter(e -> e.name().equals(name)).findFirst();
  }

  /** Finds an attribute that the model keeps without naming it. */
  public static Optional<String> keptAttribute(ConfigNode node, String name) {
    return Optional.ofNullable(node.otherAttributes.get(new QName(name)));
  }

  /** Makes an element with attributes: names and values in turn. */
  public static XmlElement element(String name, String... attributes) {
    XmlElement element = new XmlElement("", name);
    for (int i = 0; i < attributes.length; i += 2) {
      element.set(new XmlElement.Attribute("", attributes[i], attributes[i + 1]));
    }
    return element;
  }

  /** Reads a number, decimal or hexadecimal; absent ones are 0. */
  public static int number(String path, String value) throws VirtException {
    if (value == null) {
      return 0;
    }
    try {
      return Integer.decode(value.matches("0[0-9]+") ? value.replaceFirst("^0+(?=.)", "") : value);
    } catch (NumberFormatException e) {
      throw Refusal.of(path, "'" + value + "' is not a number");
    }
  }

  /** Gives a device a place on a bus that is no PCI bus; absent members are null. */
  public static void place(Device device, String type, String controller, String bus, String unit) {
    Device.Address address = new Device.Address();
    address.type = type;
    address.controller = controller;
    address.bus = bus;
    address.target = type.equals("drive") ? "0" : null;
    address.unit = type.equals("drive") ? unit : null;
    address.port = type.equals("drive") ? null : unit;
    device.address = address;
  }

  /** Returns a path with the place of a device among those of its kind. */
  public static String path(String kind, List<?> devices, Object device) {
    String path = "/domain/devices/" + kind;
    if (devices.size() < 2) {
      return path;
    }
    for (int i = 0; i < devices.size(); i++) {
      if (devices.get(i) == device) {
        return path + "[" + (i + 1) + "]";
      }
    }
    return path;
  }
}
