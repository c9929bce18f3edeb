package org.virt.learnip.internal;

import java.net.InetAddress;
import java.util.Optional;

/**
 * A neighbour solicitation or advertisement (RFC 4861, sections 4.3 and 4.4).
 *
 * @param advertisement it tells an address; else it asks for one
 * @param target the address that it is about
 * @param probe it asks without having an address: duplicate address detection (RFC 4862)
 */
record NeighborMessage(boolean advertisement, InetAddress target, boolean probe) {
  static final int ICMP = 58;
  static final int SOLICITATION = 135;
  static final int ADVERTISEMENT = 136;

  private static final int MIN_LENGTH = 24;
  private static final int TARGET = 8;
  private static final int FROM_THE_LINK = 255;
  private static final int OPTION_UNIT = 8;
  private static final int SOURCE_LINK_ADDRESS = 1;

  /**
   * Reads a message as a receiver has to check it (RFC 4861, section 7.1); nothing when it is
   * unsound, cut short, a fragment (RFC 6980) or something else. The checksum is not looked at.
   */
  static Optional<NeighborMessage> in(Ipv6Packet packet, byte[] bytes) {
    int at = packet.payload();
    boolean whole = packet.end() <= bytes.length && packet.end() - at >= MIN_LENGTH;
    if (packet.protocol() != ICMP || packet.fragment() || !whole) {
      return Optional.empty();
    }
    int type = Bytes.u8(bytes, at);
    boolean sound =
        (type == SOLICITATION || type == ADVERTISEMENT)
            && Bytes.u8(bytes, at + 1) == 0
            && packet.hopLimit() == FROM_THE_LINK
            && !Ipv6.isMulticast(bytes, at + TARGET);
    boolean without = Ipv6.isUnspecified(bytes, packet.source());
    int options = options(bytes, at + MIN_LENGTH, packet.end());
    boolean advertisement = type == ADVERTISEMENT;
    boolean allowed =
        advertisement
            ? !without
            : !without
                || Ipv6.isMulticast(bytes, packet.destination())
                    && (options & 1 << SOURCE_LINK_ADDRESS) == 0;
    return sound && options >= 0 && allowed
        ? Optional.of(
            new NeighborMessage(
                advertisement, Ipv6.toAddress(bytes, at + TARGET), without && !advertisement))
        : Optional.empty();
  }

  /** Returns a bit for each of the first option types; negative when the options are unsound. */
  private static int options(byte[] bytes, int from, int end) {
    int found = 0;
    int at = from;
    while (at < end) {
      if (end - at < OPTION_UNIT) {
        return -1;
      }
      int length = Bytes.u8(bytes, at + 1) * OPTION_UNIT;
      if (length == 0 || length > end - at) {
        return -1;
      }
      int type = Bytes.u8(bytes, at);
      found |= type < 31 ? 1 << type : 0;
      at += length;
    }
    return found;
  }
}
