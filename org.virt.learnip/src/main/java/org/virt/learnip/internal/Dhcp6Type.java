package org.virt.learnip.internal;

import java.util.Optional;

/** DHCPv6 message type (RFC 8415, section 7.3). */
enum Dhcp6Type {
  SOLICIT,
  ADVERTISE,
  REQUEST,
  CONFIRM,
  RENEW,
  REBIND,
  REPLY,
  RELEASE,
  DECLINE,
  RECONFIGURE,
  INFORMATION_REQUEST;

  private static final Dhcp6Type[] VALUES = values();

  /** Returns the type of a number; nothing for a relay's message or an unknown one. */
  static Optional<Dhcp6Type> of(int number) {
    return number >= 1 && number <= VALUES.length
        ? Optional.of(VALUES[number - 1])
        : Optional.empty();
  }
}
