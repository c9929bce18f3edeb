package org.virt.learnip.internal;

import java.util.Locale;

/** What is counted of a port. */
enum Counter {
  /** Packets that were looked at. */
  SEEN,
  /** Packets by which an address was learned or renewed. */
  BELIEVED,
  /** Packets of a guest beyond its rate. */
  OVER_RATE,
  /** Answers of DHCP servers that came from a filtered port, or nobody knows where from. */
  FORGED,
  /** Addresses beyond the limit. */
  REFUSED_LIMIT,
  /** Gateways' addresses. */
  REFUSED_GATEWAY,
  /** Addresses that another port has, or that somebody answered for. */
  REFUSED_CONFLICT,
  /** Addresses that no host has. */
  REFUSED_UNUSABLE,
  /** Addresses that wait for approval. */
  WAITING,
  /** Addresses that were given back, refused by a server, or whose holder was gone. */
  RELEASED;

  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
