package org.virt.model.edit;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;

/** Devices of a machine: finding the one that somebody means, adding, replacing, removing. */
public final class DeviceEdit {
  private static final String ADDRESS = "address";
  private static final String SOURCE = "source";
  private static final String TARGET = "target";

  private DeviceEdit() {}

  /** Reads the XML of one device. */
  public static XmlElement parse(String xml) throws VirtException {
    return SafeXml.tree("device XML", xml);
  }

  /** Returns all devices. */
  public static List<XmlElement> all(DomainTree tree) {
    return tree.find("devices").map(XmlElement::children).orElse(List.of());
  }

  /** Adds a device. */
  public static void add(DomainTree tree, XmlElement device) throws VirtException {
    if (device.name().equals("disk") && disk(tree, target(device)).isPresent()) {
      throw new VirtException(
          ErrorCode.OPERATION_FAILED, "target " + target(device) + " already exists");
    }
    if (device.name().equals("interface") && !mac(device).isEmpty()) {
      for (XmlElement other : all(tree)) {
        if (other.name().equals("interface") && mac(other).equalsIgnoreCase(mac(device))) {
          throw new VirtException(
              ErrorCode.OPERATION_FAILED,
              "an interface with MAC address " + mac(device) + " already exists");
        }
      }
    }
    tree.make("devices").append(device);
  }

  /** Removes a device that {@link #find} returned. */
  public static void remove(DomainTree tree, XmlElement device) {
    tree.make("devices").remove(device);
  }

  /**
   * Finds the device that an XML means.
   *
   * @throws VirtException {@code DEVICE_MISSING} when there is none, {@code OPERATION_FAILED} when
   *     there are several
   */
  public static XmlElement find(DomainTree tree, XmlElement wanted) throws VirtException {
    List<XmlElement> found = new ArrayList<>();
    for (XmlElement device : all(tree)) {
      if (device.name().equals(wanted.name()) && matches(device, wanted)) {
        found.add(device);
      }
    }
    if (found.isEmpty()) {
      throw missing(wanted);
    }
    if (found.size() > 1) {
      throw new VirtException(
          ErrorCode.OPERATION_FAILED,
          "multiple " + wanted.name() + " devices match; give an alias or address");
    }
    return found.get(0);
  }

  /** Finds a device by its alias. */
  public static XmlElement alias(DomainTree tree, String alias) throws VirtException {
    for (XmlElement device : all(tree)) {
      if (alias.equals(alias(device))) {
        return device;
      }
    }
    throw new VirtException(
        ErrorCode.DEVICE_MISSING, "device not found: no device with alias '" + alias + "'");
  }

  /** Returns the alias of a device; empty when it has none. */
  public static String alias(XmlElement device) {
    return device.child("alias").map(a -> a.attribute("name")).orElse("");
  }

  /** Finds a disk by target or source. */
  public static Optional<XmlElement> disk(DomainTree tree, String name) {
    return all(tree).stream()
        .filter(device -> device.name().equals("disk"))
        .filter(disk -> target(disk).equals(name) || path(disk).filter(name::equals).isPresent())
        .findFirst();
  }

  /** Finds an interface by target or MAC address. */
  public static Optional<XmlElement> networkInterface(DomainTree tree, String name) {
    return all(tree).stream()
        .filter(device -> device.name().equals("interface"))
        .filter(net -> target(net).equals(name) || mac(net).equalsIgnoreCase(name))
        .findFirst();
  }

  /** Returns a device's target; empty when it has none. */
  public static String target(XmlElement device) {
    return device
        .child(TARGET)
        .map(t -> Objects.requireNonNullElse(t.attribute("dev"), ""))
        .orElse("");
  }

  /** Returns a disk's image on this host, if it is in one file or device. */
  public static Optional<String> path(XmlElement disk) {
    Optional<XmlElement> source = disk.child(SOURCE);
    return source.map(s -> s.attribute("file")).or(() -> source.map(s -> s.attribute("dev")));
  }

  private static String mac(XmlElement device) {
    return device
        .child("mac")
        .map(m -> Objects.requireNonNullElse(m.attribute(ADDRESS), ""))
        .orElse("");
  }

  private static boolean matches(XmlElement device, XmlElement wanted) {
    if (!alias(wanted).isEmpty()) {
      return alias(wanted).equals(alias(device));
    }
    boolean same =
        switch (wanted.name()) {
          case "disk" -> target(wanted).isEmpty() || target(wanted).equals(target(device));
          case "interface" -> mac(wanted).isEmpty() || mac(wanted).equalsIgnoreCase(mac(device));
          case "controller" -> same(device, wanted, "type") && same(device, wanted, "index");
          case "memballoon" -> true;
          default ->
              same(device, wanted, "type")
                  && same(device, wanted, "model")
                  && within(device, wanted);
        };
    return same && sameAddress(device, wanted);
  }

  private static boolean same(XmlElement device, XmlElement wanted, String attribute) {
    String value = wanted.attribute(attribute);
    return value == null || value.equals(device.attribute(attribute));
  }

  private static boolean sameAddress(XmlElement device, XmlElement wanted) {
    Optional<XmlElement> address = wanted.child(ADDRESS);
    return address.isEmpty()
        || device.child(ADDRESS).filter(a -> equal(a, address.get())).isPresent();
  }

  private static boolean within(XmlElement device, XmlElement wanted) {
    for (XmlElement child : wanted.children()) {
      boolean there =
          child.name().equals(ADDRESS)
              || child.name().equals("alias")
              || device.children(child.name()).stream().anyMatch(other -> covers(other, child));
      if (!there) {
        return false;
      }
    }
    return true;
  }

  private static boolean covers(XmlElement element, XmlElement wanted) {
    for (XmlElement.Attribute attribute : wanted.attributes()) {
      if (!attribute.value().equals(element.attribute(attribute.name()))) {
        return false;
      }
    }
    return wanted.children().isEmpty()
        ? element.text().strip().equals(wanted.text().strip())
        : within(element, wanted);
  }

  private static boolean equal(XmlElement one, XmlElement two) {
    for (XmlElement.Attribute attribute : two.attributes()) {
      String other = one.attribute(attribute.name());
      if (other == null || number(other) != number(attribute.value())) {
        return false;
      }
    }
    return true;
  }

  /** Addresses are compared by value: {@code 0x04} is 4. */
  private static long number(String value) {
    try {
      return Long.decode(value.replaceFirst("^0+(?=[0-9])", ""));
    } catch (NumberFormatException e) {
      return value.hashCode();
    }
  }

  private static VirtException missing(XmlElement wanted) {
    String named =
        switch (wanted.name()) {
          case "disk" -> "no target device " + target(wanted);
          case "interface" -> "no device matching MAC address " + mac(wanted) + " found";
          default -> "no matching " + wanted.name() + " device was found";
        };
    return new VirtException(ErrorCode.DEVICE_MISSING, "device not found: " + named);
  }
}
