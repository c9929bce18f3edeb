package org.virt.learnip.internal;

import java.util.Optional;

/**
 * An ARP request or reply for IPv4 over Ethernet (RFC 826).
 *
 * @param senderMac whose address it tells
 * @param senderAddress the address it tells; 0 in a probe (RFC 5227)
 * @param targetAddress the address it asks for
 */
record ArpMessage(long senderMac, int senderAddress, int targetAddress) {
  private static final int LENGTH = 28;
  private static final int HARDWARE_ETHERNET = 1;
  private static final int LENGTHS = 6 << 8 | 4;
  private static final int REQUEST = 1;
  private static final int REPLY = 2;

  /** Reads a message; nothing when it is cut short or of another kind. */
  static Optional<ArpMessage> parse(byte[] bytes, int offset) {
    if (bytes.length - offset < LENGTH) {
      return Optional.empty();
    }
    int operation = Bytes.u16(bytes, offset + 6);
    boolean known =
        Bytes.u16(bytes, offset) == HARDWARE_ETHERNET
            && Bytes.u16(bytes, offset + 2) == CookedFrame.IPV4
            && Bytes.u16(bytes, offset + 4) == LENGTHS
            && (operation == REQUEST || operation == REPLY);
    return known
        ? Optional.of(
            new ArpMessage(
                Bytes.mac(bytes, offset + 8),
                Bytes.s32(bytes, offset + 14),
                Bytes.s32(bytes, offset + 24)))
        : Optional.empty();
  }

  /** Says whether it asks without having an address: it probes whether one is free. */
  boolean isProbe() {
    return senderAddress == 0;
  }
}
