package org.virt.format.vmx;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.virt.api.VirtException;

/** VMware's escapes: a mark and two hexadecimal digits of a byte in UTF-8. */
public final class VmxText {
  private VmxText() {}

  /** Returns a value as it stands between the quotes of a VMX file. */
  static String quote(String value) {
    return escape(value, '|', "|\"");
  }

  /** Returns what {@link #quote} was given. */
  static String unquote(String value) {
    return unescape(value, '|');
  }

  /**
   * Returns a name of the inventory as the API has it, where slash and percent sign are escaped.
   */
  public static String escapeName(String name) {
    return escape(name, '%', "/\\%");
  }

  /** Returns what {@link #escapeName} was given. */
  public static String unescapeName(String name) {
    return unescape(name, '%');
  }

  private static String escape(String value, char mark, String special) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (special.indexOf(c) >= 0 || mark == '|' && c < ' ') {
        out.append(mark).append(HexFormat.of().toHexDigits((byte) c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** Refuses a mark that two hexadecimal digits do not follow. */
  static void check(String key, String value, char mark) throws VirtException {
    String escape = Pattern.quote("" + mark);
    if (Pattern.compile(escape + "(?![0-9a-fA-F]{2})").matcher(value).find()) {
      throw VmxConfig.invalid(key, value, "a text with two hexadecimal digits after each " + mark);
    }
  }

  private static String unescape(String value, char mark) {
    if (value.indexOf(mark) < 0) {
      return value;
    }
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == mark
          && i + 2 < bytes.length
          && HexFormat.isHexDigit(bytes[i + 1])
          && HexFormat.isHexDigit(bytes[i + 2])) {
        out.write(HexFormat.fromHexDigit(bytes[i + 1]) << 4 | HexFormat.fromHexDigit(bytes[i + 2]));
        i += 2;
      } else {
        out.write(bytes[i]);
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
