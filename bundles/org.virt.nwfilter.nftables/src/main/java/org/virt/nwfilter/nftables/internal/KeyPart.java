package org.virt.nwfilter.nftables.internal;

import java.util.HexFormat;
import java.util.List;
import org.virt.api.MacAddress;

/** What the keys of our sets are made of. */
enum KeyPart {
  INDEX("iface_index", 20, 4),
  MARK("mark", 19, 4),
  ETHER_TYPE("ether_type", 10, 2),
  MAC("ether_addr", 9, 6),
  /** As {@link #MAC}, for fields that nft has no name for, and so no type. */
  RAW_MAC("@nh,64,48", 4, 6),
  /** The processor that has the packet; nft has no type for that either. */
  CPU("meta cpu", 4, 4),
  /** As {@link #IPV4}, likewise. */
  RAW_IPV4("@nh,112,32", 4, 4),
  IPV4("ipv4_addr", 7, 4),
  IPV6("ipv6_addr", 8, 16);

  private static final int TYPE_BITS = 6;

  /**
   * nft's note of {@code typeof iif . @nh,64,48}: type-length-value lists of the expressions
   * concatenation (13), meta (9) with key iif, and payload (7) with base, offset and length in
   * bits.
   */
  private static final byte[] TYPE_OF_RAW =
      HexFormat.of()
          .parseHex(
              "000400000000034000040d0000000138000e000409000000010600040400000001260004070000000"
                  + "11e000400000000010400000000020402000000030440000000040430000000");

  /** The same of {@code typeof meta cpu . arp saddr ip}: meta with key cpu, field 15 of ARP. */
  private static final byte[] TYPE_OF_CPU =
      HexFormat.of()
          .parseHex(
              "000400000000032e00040d0000000126000e0004090000000106000414000000011400040700000001"
                  + "0c00040f000000010407000000");

  /** The same of {@code typeof meta cpu . @nh,112,32}. */
  private static final byte[] TYPE_OF_RAW_CPU =
      HexFormat.of()
          .parseHex(
              "000400000000034000040d0000000138000e00040900000001060004140000000126000407000000011e"
                  + "000400000000010400000000020402000000030470000000040420000000");

  private static final byte[] NOTHING = {};

  private final String typeName;
  private final int type;
  private final int bytes;

  KeyPart(String typeName, int type, int bytes) {
    this.typeName = typeName;
    this.type = type;
    this.bytes = bytes;
  }

  /** Returns how long it is in a key: parts fill whole registers of four bytes. */
  int padded() {
    return (bytes + Integer.BYTES - 1) / Integer.BYTES * Integer.BYTES;
  }

  /** Returns a value as nft writes it. */
  String text(byte[] value) {
    return switch (this) {
      case INDEX, MARK, CPU -> Integer.toUnsignedString(HostOrder.number(value));
      case ETHER_TYPE, RAW_MAC, RAW_IPV4 -> "0x" + HexFormat.of().formatHex(value, 0, bytes);
      case MAC -> MacAddress.of(value, 0).toString();
      case IPV4 -> Subjects.IPV4_SOURCE.text(value);
      case IPV6 -> Subjects.IPV6_SOURCE.text(value);
    };
  }

  /** Returns nft's number for the type of keys: 6 bits for each part. */
  static int type(List<KeyPart> parts) {
    int type = 0;
    for (KeyPart part : parts) {
      type = type << TYPE_BITS | part.type;
    }
    return type;
  }

  static int length(List<KeyPart> parts) {
    int length = 0;
    for (KeyPart part : parts) { // asked for each element
      length += part.padded();
    }
    return length;
  }

  /** Returns what nft keeps with a set of such keys for its printing; empty for nothing. */
  static byte[] note(List<KeyPart> parts) {
    if (parts.contains(CPU)) {
      return parts.contains(RAW_IPV4) ? TYPE_OF_RAW_CPU.clone() : TYPE_OF_CPU.clone();
    }
    return parts.contains(RAW_MAC) ? TYPE_OF_RAW.clone() : NOTHING;
  }

  /** Returns how nft writes the type of keys. */
  static String typeText(List<KeyPart> parts) {
    if (parts.contains(CPU)) {
      return "typeof meta cpu . " + (parts.contains(RAW_IPV4) ? RAW_IPV4.typeName : "arp saddr ip");
    }
    boolean raw = parts.contains(RAW_MAC);
    List<String> names =
        parts.stream().map(part -> raw && part == INDEX ? "iif" : part.typeName).toList();
    return (raw ? "typeof " : "type ") + String.join(" . ", names);
  }
}
