package org.virt.learnip.internal;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** IPv6 addresses in captured bytes; the caller has checked the bounds. */
final class Ipv6 {
  static final int LENGTH = 16;

  private Ipv6() {}

  /** Says whether it is {@code ::}, the source of who has no address yet (RFC 4291). */
  static boolean isUnspecified(byte[] bytes, int offset) {
    return zeros(bytes, offset, LENGTH);
  }

  static boolean isMulticast(byte[] bytes, int offset) {
    return Bytes.u8(bytes, offset) == 0xff;
  }

  static boolean isLinkLocal(byte[] bytes, int offset) {
    return (Bytes.u16(bytes, offset) & 0xffc0) == 0xfe80;
  }

  /** Returns the address; a mapped one stays one of IPv6. */
  static InetAddress toAddress(byte[] bytes, int offset) {
    try {
      return Inet6Address.getByAddress(
          null, Arrays.copyOfRange(bytes, offset, offset + LENGTH), -1);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("sixteen bytes are an IPv6 address", e);
    }
  }

  /**
   * Says whether a host can have this address: none of the first /96 (unspecified, loopback, the
   * compatible ones of RFC 4291), none that stands for one of IPv4 ({@code ::ffff:0:0/96}), no
   * multicast.
   */
  static boolean canBeHost(InetAddress address) {
    byte[] bytes = address.getAddress();
    boolean mapped = zeros(bytes, 0, 10) && Bytes.u16(bytes, 10) == 0xffff;
    return !zeros(bytes, 0, 12) && !mapped && !isMulticast(bytes, 0);
  }

  private static boolean zeros(byte[] bytes, int offset, int length) {
    for (int i = 0; i < length; i++) {
      if (bytes[offset + i] != 0) {
        return false;
      }
    }
    return true;
  }
}
