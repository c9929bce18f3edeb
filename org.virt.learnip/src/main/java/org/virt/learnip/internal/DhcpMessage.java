package org.virt.learnip.internal;

import java.util.Optional;

/**
 * A DHCP message for an Ethernet client (RFC 2131, section 2).
 *
 * @param reply from a server (BOOTREPLY); else from a client
 * @param transaction xid
 * @param clientAddress ciaddr
 * @param yourAddress yiaddr
 * @param relay giaddr
 * @param clientMac chaddr
 * @param options what was read of its options
 */
record DhcpMessage(
    boolean reply,
    int transaction,
    int clientAddress,
    int yourAddress,
    int relay,
    long clientMac,
    DhcpOptions options) {
  /** Up to and with the magic cookie. */
  static final int MIN_LENGTH = 240;

  private static final int REQUEST = 1;
  private static final int REPLY = 2;
  private static final int ETHERNET_6 = 1 << 8 | 6;
  private static final int CHADDR = 28;
  private static final int COOKIE_AT = 236;
  private static final int COOKIE = 0x63825363;

  /** Reads a message of {@code bytes[offset, end)}; nothing when any part of it is unsound. */
  static Optional<DhcpMessage> parse(byte[] bytes, int offset, int end) {
    if (end > bytes.length || end - offset < MIN_LENGTH) {
      return Optional.empty();
    }
    int operation = Bytes.u8(bytes, offset);
    boolean known =
        (operation == REQUEST || operation == REPLY)
            && Bytes.u16(bytes, offset + 1) == ETHERNET_6
            && Bytes.s32(bytes, offset + COOKIE_AT) == COOKIE;
    if (!known) {
      return Optional.empty();
    }
    return DhcpOptions.parse(bytes, offset, end)
        .map(
            options ->
                new DhcpMessage(
                    operation == REPLY,
                    Bytes.s32(bytes, offset + 4),
                    Bytes.s32(bytes, offset + 12),
                    Bytes.s32(bytes, offset + 16),
                    Bytes.s32(bytes, offset + 24),
                    Bytes.mac(bytes, offset + CHADDR),
                    options));
  }
}
