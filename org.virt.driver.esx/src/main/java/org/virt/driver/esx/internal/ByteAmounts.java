package org.virt.driver.esx.internal;

import java.math.BigInteger;
import java.util.Locale;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;

/** Sizes in volume XML: a number and a unit (libvirt's formatstorage, "General metadata"). */
final class ByteAmounts {
  private static final String LETTERS = "bkmgtpe";

  private ByteAmounts() {}

  /** Returns the bytes that an element names; {@code XML_ERROR} when it is absent or none. */
  static long read(String action, XmlElement volume, String name) throws VirtException {
    XmlElement element = volume.child(name).orElse(new XmlElement("", name));
    String given = element.attribute("unit");
    String unit = given == null ? "bytes" : given.toLowerCase(Locale.ROOT);
    String digits = element.text().strip();
    int power = unit.isEmpty() ? -1 : LETTERS.indexOf(unit.charAt(0));
    String rest = unit.isEmpty() ? "" : unit.substring(1);
    boolean bytes = unit.equals("b") || unit.equals("bytes");
    boolean known = bytes || power > 0 && (rest.isEmpty() || rest.equals("ib") || rest.equals("b"));
    if (!digits.matches("[0-9]{1,18}") || !known) {
      throw wrong(action, name, digits + " " + unit);
    }
    BigInteger factor = BigInteger.valueOf(rest.equals("b") && !bytes ? 1000 : 1024);
    BigInteger size = new BigInteger(digits).multiply(factor.pow(bytes ? 0 : power));
    if (size.bitLength() > 62) {
      throw wrong(action, name, digits + " " + unit);
    }
    return size.longValue();
  }

  private static VirtException wrong(String action, String name, String value) {
    return new VirtException(
        ErrorCode.XML_ERROR, "%s: /volume/%s: '%s' is not a size".formatted(action, name, value));
  }
}
