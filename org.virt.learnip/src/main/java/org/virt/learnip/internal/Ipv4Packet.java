package org.virt.learnip.internal;

import java.util.Optional;

/**
 * An IPv4 header (RFC 791, section 3.1).
 *
 * @param source sender's address
 * @param sourceAt where it is
 * @param protocol what the payload is
 * @param fragment it is a part of a packet
 * @param payload where the payload begins
 * @param end where the packet ends; behind the captured bytes when it was cut
 */
record Ipv4Packet(int source, int sourceAt, int protocol, boolean fragment, int payload, int end) {
  private static final int MIN_HEADER = 20;
  private static final int MORE_AND_OFFSET = 0x3fff;

  /** Reads a header; nothing when it is cut short or its lengths contradict each other. */
  static Optional<Ipv4Packet> parse(byte[] bytes, int offset) {
    if (bytes.length - offset < MIN_HEADER) {
      return Optional.empty();
    }
    int first = Bytes.u8(bytes, offset);
    int header = (first & 0xf) * 4;
    int total = Bytes.u16(bytes, offset + 2);
    boolean sound =
        first >>> 4 == 4
            && header >= MIN_HEADER
            && header <= bytes.length - offset
            && total >= header;
    if (!sound) {
      return Optional.empty();
    }
    return Optional.of(
        new Ipv4Packet(
            Bytes.s32(bytes, offset + 12),
            offset + 12,
            Bytes.u8(bytes, offset + 9),
            (Bytes.u16(bytes, offset + 6) & MORE_AND_OFFSET) != 0,
            offset + header,
            offset + total));
  }
}
