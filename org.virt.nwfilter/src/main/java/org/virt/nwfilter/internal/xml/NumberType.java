package org.virt.nwfilter.internal.xml;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number, decimal or hexadecimal, or a word that stands for one.
 *
 * @param min the smallest one
 * @param max the greatest one
 * @param notation which hexadecimal ones are taken and printed
 * @param words numbers by the words that stand for them
 */
record NumberType(long min, long max, Notation notation, Map<String, Long> words)
    implements ValueType {
  private static final Pattern DECIMAL = Pattern.compile("[ \\t\\n]*\\+?([0-9]{1,18})");
  private static final Pattern HEX = Pattern.compile("[ \\t\\n]*\\+?0[xX]([0-9a-fA-F]{1,15})");
  private static final int RADIX = 16;

  static final NumberType UINT8 = upTo(0xff);
  static final NumberType UINT16 = upTo(0xffff);
  static final NumberType UINT32 = upTo(0xffff_ffffL);
  static final NumberType DSCP = upTo(0x3f);
  static final NumberType VLAN_ID = upTo(0xfff);
  static final NumberType CONNECTIONS = new NumberType(0, 0xffff, Notation.DECIMAL_ONLY, Map.of());
  static final NumberType ETHER_TYPE =
      new NumberType(
          0x600,
          0xffff,
          Notation.ANY,
          words("arp", 0x806, "rarp", 0x8035, "ipv4", 0x800, "ipv6", 0x86dd, "vlan", 0x8100));
  static final NumberType ENCAPSULATED_TYPE =
      new NumberType(0x3c, ETHER_TYPE.max, Notation.ANY, ETHER_TYPE.words);
  static final NumberType ARP_OPERATION =
      new NumberType(
          0,
          0xffff,
          Notation.PRINTED_DECIMAL,
          words(
              "Request", 1,
              "Reply", 2,
              "Request_Reverse", 3,
              "Reply_Reverse", 4,
              "DRARP_Request", 5,
              "DRARP_Reply", 6,
              "DRARP_Error", 7,
              "InARP_Request", 8,
              "ARP_NAK", 9));
  static final NumberType IP_PROTOCOL =
      new NumberType(
          0,
          0xff,
          Notation.ANY,
          words(
              "tcp", 6, "udp", 17, "udplite", 136, "esp", 50, "ah", 51, "icmp", 1, "igmp", 2,
              "sctp", 132, "icmpv6", 58));

  enum Notation {
    /** Each is printed in the notation in which it was given. */
    ANY,
    /** Hexadecimal ones are taken and printed as decimal ones. */
    PRINTED_DECIMAL,
    DECIMAL_ONLY
  }

  private static NumberType upTo(long max) {
    return new NumberType(0, max, Notation.ANY, Map.of());
  }

  private static Map<String, Long> words(Object... pairs) {
    Map<String, Long> words = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      words.put((String) pairs[i], ((Integer) pairs[i + 1]).longValue());
    }
    return words;
  }

  /** Returns the number that a text means. */
  long parse(String text) {
    for (Map.Entry<String, Long> word : words.entrySet()) {
      if (word.getKey().equalsIgnoreCase(text)) {
        return word.getValue();
      }
    }
    long number;
    Matcher decimal = DECIMAL.matcher(text);
    Matcher hex = HEX.matcher(text);
    if (decimal.matches()) {
      number = Long.parseLong(decimal.group(1));
    } else if (notation != Notation.DECIMAL_ONLY && hex.matches()) {
      number = Long.parseLong(hex.group(1), RADIX);
    } else {
      throw new IllegalArgumentException("expected " + expected());
    }
    if (number < min || number > max) {
      throw new OutOfRange("expected " + expected());
    }
    return number;
  }

  @Override
  public String canonical(String text) {
    long number = parse(text);
    for (Map.Entry<String, Long> word : words.entrySet()) {
      if (word.getValue() == number) {
        return word.getKey();
      }
    }
    return notation == Notation.ANY && HEX.matcher(text).matches()
        ? "0x" + Long.toHexString(number)
        : Long.toString(number);
  }

  private String expected() {
    String range = "a number of " + min + " to " + max;
    return words.isEmpty() ? range : range + " or one of " + String.join(", ", words.keySet());
  }
}
