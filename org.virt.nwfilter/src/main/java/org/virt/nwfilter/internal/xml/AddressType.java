package org.virt.nwfilter.internal.xml;

import java.net.InetAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.virt.api.MacAddress;
import org.virt.spi.nwfilter.Operand;

/** An address or a mask. */
enum AddressType implements ValueType {
  MAC("a MAC address such as 52:54:00:12:34:56") {
    @Override
    public String canonical(String text) {
      return mac(text).toString();
    }
  },
  MAC_MASK("a MAC mask such as ff:ff:ff:00:00:00") {
    @Override
    public String canonical(String text) {
      MacAddress mask = mac(text);
      long holes = ~mask.value() & Operand.Mac.WHOLE.value();
      if ((holes & holes + 1) != 0) {
        throw new OutOfRange("expected " + expected());
      }
      return mask.toString();
    }
  },
  IPV4("an IPv4 address such as 10.1.2.3") {
    @Override
    public String canonical(String text) {
      return IpText.format(ip(text));
    }
  },
  IPV4_MASK("an IPv4 mask such as 255.255.255.0, or a number of 0 to 32") {
    @Override
    public String canonical(String text) {
      return Integer.toString(prefix(text));
    }
  },
  IPV6("an IPv6 address such as fe80::1") {
    @Override
    public String canonical(String text) {
      return IpText.format(ip(text));
    }
  },
  IPV6_MASK("an IPv6 mask such as ffff:ffff::, or a number of 0 to 128") {
    @Override
    public String canonical(String text) {
      return Integer.toString(prefix(text));
    }
  };

  private static final Pattern PREFIX = Pattern.compile("[ \\t\\n]*\\+?([0-9]{1,9})");

  private final String expected;

  AddressType(String expected) {
    this.expected = expected;
  }

  String expected() {
    return expected;
  }

  /** Returns the bits of an address of its family. */
  int bits() {
    return this == IPV4 || this == IPV4_MASK ? 32 : 128;
  }

  MacAddress mac(String text) {
    try {
      return MacAddress.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("expected " + expected, e);
    }
  }

  InetAddress ip(String text) {
    return IpText.parse(text)
        .filter(address -> address.getAddress().length * 8 == bits())
        .orElseThrow(() -> new IllegalArgumentException("expected " + expected));
  }

  /** Returns the length of the prefix that a mask means. */
  int prefix(String text) {
    Matcher number = PREFIX.matcher(text);
    if (number.matches()) {
      int prefix = Integer.parseInt(number.group(1));
      if (prefix > bits()) {
        throw new OutOfRange("expected " + expected);
      }
      return prefix;
    }
    int prefix = 0;
    boolean ended = false;
    for (byte b : ip(text).getAddress()) {
      for (int bit = 7; bit >= 0; bit--) {
        boolean one = (b >> bit & 1) != 0;
        if (one && ended) {
          throw new OutOfRange("expected " + expected);
        }
        ended |= !one;
        prefix += one ? 1 : 0;
      }
    }
    return prefix;
  }
}
