package org.virt.learnip.internal;

import java.util.Optional;

/**
 * An IPv6 header and the extension headers behind it (RFC 8200, sections 3 and 4).
 *
 * @param source where the sender's address is
 * @param destination where the receiver's address is
 * @param protocol what the payload is, behind the extension headers
 * @param hopLimit hop limit
 * @param fragment it is a part of a packet; then the payload is not looked at
 * @param payload where the payload begins
 * @param end where the packet ends; behind the captured bytes when it was cut
 */
record Ipv6Packet(
    int source,
    int destination,
    int protocol,
    int hopLimit,
    boolean fragment,
    int payload,
    int end) {
  static final int HEADER = 40;

  /** How many extension headers are stepped over; a packet with more is not read. */
  static final int MOST_EXTENSIONS = 8;

  private static final int HOP_BY_HOP = 0;
  private static final int ROUTING = 43;
  private static final int FRAGMENT = 44;
  private static final int AUTHENTICATION = 51;
  private static final int DESTINATION_OPTIONS = 60;
  private static final int UNIT = 8;

  /** Reads the headers; nothing when they are cut short or run past the packet. */
  static Optional<Ipv6Packet> parse(byte[] bytes, int offset) {
    if (bytes.length - offset < HEADER || Bytes.u8(bytes, offset) >>> 4 != 6) {
      return Optional.empty();
    }
    int end = offset + HEADER + Bytes.u16(bytes, offset + 4);
    int known = Math.min(end, bytes.length);
    int protocol = Bytes.u8(bytes, offset + 6);
    int at = offset + HEADER;
    boolean fragment = false;
    for (int i = 0; isExtension(protocol) && !fragment; i++) {
      if (i == MOST_EXTENSIONS || known - at < UNIT) {
        return Optional.empty();
      }
      // One that is the whole packet after all is none (RFC 8200, section 4.5, RFC 6946).
      fragment = protocol == FRAGMENT && (Bytes.u16(bytes, at + 2) & 0xfff9) != 0;
      int length = length(bytes, protocol, at);
      if (length > known - at) {
        return Optional.empty();
      }
      protocol = Bytes.u8(bytes, at);
      at += length;
    }
    return Optional.of(
        new Ipv6Packet(
            offset + 8, offset + 24, protocol, Bytes.u8(bytes, offset + 7), fragment, at, end));
  }

  private static boolean isExtension(int protocol) {
    return switch (protocol) {
      case HOP_BY_HOP, ROUTING, FRAGMENT, AUTHENTICATION, DESTINATION_OPTIONS -> true;
      default -> false;
    };
  }

  private static int length(byte[] bytes, int protocol, int at) {
    int field = Bytes.u8(bytes, at + 1);
    return switch (protocol) {
      case FRAGMENT -> UNIT;
      case AUTHENTICATION -> (field + 2) * 4;
      default -> (field + 1) * UNIT;
    };
  }
}
