package org.virt.learnip.internal;

import java.util.Optional;

/** DHCP message type, option 53 (RFC 2132, section 9.6). */
enum DhcpType {
  DISCOVER,
  OFFER,
  REQUEST,
  DECLINE,
  ACK,
  NAK,
  RELEASE,
  INFORM;

  private static final DhcpType[] VALUES = values();

  /** Returns the type of a number; nothing for one that this class does not know. */
  static Optional<DhcpType> of(int number) {
    return number >= 1 && number <= VALUES.length
        ? Optional.of(VALUES[number - 1])
        : Optional.empty();
  }
}
