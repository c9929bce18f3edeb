package org.virt.learnip.internal;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * A DHCPv6 message between a client and a server (RFC 8415, section 8); a relay's is not read.
 *
 * @param type what it is
 * @param transaction the transaction, 24 bits
 * @param client the client's DUID; empty without one
 * @param server the server's DUID; empty without one
 * @param rapidCommit whether option 14 is there
 * @param status code of option 13; 0 without it
 * @param addresses what it says of addresses, in order
 */
record Dhcp6Message(
    Dhcp6Type type,
    int transaction,
    ByteBuffer client,
    ByteBuffer server,
    boolean rapidCommit,
    int status,
    List<Lease> addresses) {
  static final int SUCCESS = 0;

  private static final int HEADER = 4;

  /**
   * An address in an identity association (RFC 8415, section 21.6).
   *
   * @param association kind and IAID of the association: 3 (IA_NA) or 4 (IA_TA), and its number
   * @param address the address
   * @param lifetime valid lifetime in seconds; {@link #INFINITE} for no end
   * @param status status of the address, else of its association; 0 for success
   */
  record Lease(long association, InetAddress address, long lifetime, int status) {
    /** The lifetime that does not end (RFC 8415, section 7.7). */
    static final long INFINITE = 0xffffffffL;
  }

  /** Reads a message of {@code bytes[offset, end)}; nothing when any part of it is unsound. */
  static Optional<Dhcp6Message> parse(byte[] bytes, int offset, int end) {
    if (offset < 0 || end > bytes.length || end - offset < HEADER) {
      return Optional.empty();
    }
    Optional<Dhcp6Type> type = Dhcp6Type.of(Bytes.u8(bytes, offset));
    Optional<Dhcp6Options> options =
        type.isEmpty() ? Optional.empty() : Dhcp6Options.parse(bytes, offset + HEADER, end);
    return options.map(
        read ->
            new Dhcp6Message(
                type.get(),
                Bytes.s32(bytes, offset) & 0xffffff,
                read.client(),
                read.server(),
                read.rapidCommit(),
                read.status(),
                read.leases()));
  }
}
