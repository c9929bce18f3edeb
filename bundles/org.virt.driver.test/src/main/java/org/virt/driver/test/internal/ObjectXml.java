package org.virt.driver.test.internal;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;
import org.virt.api.xml.XmlWriter;

/** XML of objects that are no machines: read, completed, in libvirt's order. */
final class ObjectXml {
  private static final String UUID_FORM = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";
  private static final long KIB = 1024;
  private static final String LETTERS = "KMGTPE";

  private ObjectXml() {}

  /** Reads a document with a root of a name. */
  static XmlElement read(String root, String xml) throws VirtException {
    XmlElement element = SafeXml.tree(root + " XML", xml);
    if (!element.name().equals(root)) {
      throw wrong("expecting root element of '%s', not '%s'".formatted(root, element.name()));
    }
    return element;
  }

  /** Returns the UUID that is given, a new one where none is. */
  static UUID uuid(XmlElement root) throws VirtException {
    Optional<String> given = text(root, "uuid");
    if (given.isPresent() && !given.get().matches(UUID_FORM)) {
      throw new VirtException(ErrorCode.INTERNAL_ERROR, "malformed uuid element");
    }
    UUID uuid = given.map(UUID::fromString).orElseGet(UUID::randomUUID);
    root.make("uuid").setText(uuid.toString());
    return uuid;
  }

  /** Returns the text at a path of names, if there is any. */
  static Optional<String> text(XmlElement root, String... path) {
    return find(root, path).map(at -> at.text().strip()).filter(text -> !text.isEmpty());
  }

  /** Returns the element at a path of names. */
  static Optional<XmlElement> find(XmlElement root, String... path) {
    Optional<XmlElement> at = Optional.of(root);
    for (String name : path) {
      at = at.flatMap(element -> element.child(name));
    }
    return at;
  }

  /** Puts the elements within in the order of their names; unknown ones come last. */
  static void order(XmlElement root, List<String> names) {
    root.sortChildren(
        Comparator.comparingInt(
            child -> {
              int at = names.indexOf(child.name());
              return at < 0 ? names.size() : at;
            }));
  }

  static String print(XmlElement root) {
    XmlWriter out = new XmlWriter();
    root.write(out);
    return out.toString();
  }

  /** Returns an amount in bytes, by the unit that stands with it. */
  static long bytes(XmlElement amount) throws VirtException {
    String digits = amount.text().strip();
    String unit = amount.attribute("unit");
    try {
      return Math.multiplyExact(parse(digits), factor(unit));
    } catch (NumberFormatException | ArithmeticException e) {
      throw wrong("malformed %s element '%s'".formatted(amount.name(), digits), e);
    }
  }

  private static long parse(String digits) {
    if (!digits.matches("[0-9]{1,19}")) {
      throw new NumberFormatException(digits);
    }
    return Long.parseLong(digits);
  }

  private static long factor(String unit) throws VirtException {
    if (unit == null || unit.isEmpty() || unit.matches("(?i)b|bytes?")) {
      return 1;
    }
    int power = LETTERS.indexOf(Character.toUpperCase(unit.charAt(0))) + 1;
    String rest = unit.substring(1);
    if (power == 0 || !rest.matches("(?i)|b|ib")) {
      throw new VirtException(ErrorCode.INVALID_ARG, "unknown suffix '" + unit + "'");
    }
    long step = rest.equalsIgnoreCase("b") ? 1000 : KIB;
    long factor = 1;
    for (int i = 0; i < power; i++) {
      factor *= step;
    }
    return factor;
  }

  /** Writes an amount of bytes. */
  static void setBytes(XmlElement amount, long bytes) {
    amount.set("unit", "bytes");
    amount.setText(Long.toString(bytes));
  }

  static VirtException wrong(String reason) {
    return new VirtException(ErrorCode.XML_ERROR, "XML error: " + reason);
  }

  private static VirtException wrong(String reason, Exception cause) {
    return new VirtException(ErrorCode.XML_ERROR, "XML error: " + reason, cause);
  }
}
