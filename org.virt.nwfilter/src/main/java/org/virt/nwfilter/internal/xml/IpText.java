package org.virt.nwfilter.internal.xml;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * IP addresses as text, never asking a name server. Unlike {@link InetAddress} it keeps an
 * IPv4-mapped address an IPv6 one, and it prints as inet_ntop(3) does.
 */
public final class IpText {
  private static final int GROUPS = 8;

  private IpText() {}

  /** Reads dotted IPv4 or IPv6 without a zone; empty for another form. */
  public static Optional<InetAddress> parse(String text) {
    byte[] bytes = text.indexOf(':') >= 0 ? parse6(text) : parse4(text);
    return bytes == null ? Optional.empty() : Optional.of(of(bytes));
  }

  /** Makes an address of 4 or 16 bytes. */
  public static InetAddress of(byte[] bytes) {
    try {
      return bytes.length == 4
          ? InetAddress.getByAddress(bytes)
          : Inet6Address.getByAddress(null, bytes, -1);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not 4 or 16 bytes: " + bytes.length, e);
    }
  }

  /** Prints an address, without a zone. */
  public static String format(InetAddress address) {
    return address instanceof Inet4Address ? address.getHostAddress() : format6(address);
  }

  private static byte[] parse4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return null;
    }
    byte[] bytes = new byte[4];
    for (int i = 0; i < 4; i++) {
      String part = parts[i];
      boolean digits = !part.isEmpty() && part.chars().allMatch(c -> c >= '0' && c <= '9');
      // A leading zero means octal to some and decimal to others.
      if (!digits || part.length() > 3 || part.length() > 1 && part.charAt(0) == '0') {
        return null;
      }
      int value = Integer.parseInt(part);
      if (value > 255) {
        return null;
      }
      bytes[i] = (byte) value;
    }
    return bytes;
  }

  private static byte[] parse6(String text) {
    int gap = text.indexOf("::");
    if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
      return null;
    }
    byte[] head = groups(gap < 0 ? text : text.substring(0, gap));
    byte[] tail = groups(gap < 0 ? "" : text.substring(gap + 2));
    if (head == null || tail == null) {
      return null;
    }
    int given = head.length + tail.length;
    if (gap < 0 ? given != 2 * GROUPS : given > 2 * GROUPS - 2) {
      return null;
    }
    byte[] bytes = new byte[2 * GROUPS];
    System.arraycopy(head, 0, bytes, 0, head.length);
    System.arraycopy(tail, 0, bytes, bytes.length - tail.length, tail.length);
    return bytes;
  }

  private static byte[] groups(String text) {
    if (text.isEmpty()) {
      return new byte[0];
    }
    String[] parts = text.split(":", -1);
    boolean dotted = parts[parts.length - 1].indexOf('.') >= 0;
    byte[] bytes = new byte[2 * parts.length + (dotted ? 2 : 0)];
    for (int i = 0; i < parts.length; i++) {
      String part = parts[i];
      if (dotted && i == parts.length - 1) {
        byte[] last = parse4(part);
        if (last == null) {
          return null;
        }
        System.arraycopy(last, 0, bytes, 2 * i, 4);
      } else {
        if (part.isEmpty()
            || part.length() > 4
            || !part.chars().allMatch(java.util.HexFormat::isHexDigit)) {
          return null;
        }
        int value = Integer.parseInt(part, 16);
        bytes[2 * i] = (byte) (value >> 8);
        bytes[2 * i + 1] = (byte) value;
      }
    }
    return bytes;
  }

  private static String format6(InetAddress address) {
    byte[] b = address.getAddress();
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = (b[2 * i] & 0xff) << 8 | b[2 * i + 1] & 0xff;
    }
    int start = -1;
    int length = 1;
    for (int i = 0; i < GROUPS; i++) {
      int run = 0;
      while (i + run < GROUPS && groups[i + run] == 0) {
        run++;
      }
      if (run > length) {
        start = i;
        length = run;
      }
      i += run;
    }
    boolean dotted = start == 0 && (length == 6 || length == 5 && groups[5] == 0xffff);
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < (dotted ? 6 : GROUPS); i++) {
      if (i == start) {
        out.append("::");
        i += length - 1;
      } else {
        separate(out).append(Integer.toHexString(groups[i]));
      }
    }
    if (dotted) {
      separate(out).append(b[12] & 0xff).append('.').append(b[13] & 0xff);
      out.append('.').append(b[14] & 0xff).append('.').append(b[15] & 0xff);
    }
    return out.toString();
  }

  private static StringBuilder separate(StringBuilder out) {
    if (out.length() > 0 && out.charAt(out.length() - 1) != ':') {
      out.append(':');
    }
    return out;
  }
}
