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
   * Says whether a host can have this address: none of the first /64 (unspecified, loopback, the
   * compatible, mapped and translated ones of RFC 4291 and RFC 2765), none of a translator (RFC
   * 6052), no 6to4 address of an IPv4 address that no host in the Internet has (RFC 3964, section
   * 5.3.1), no multicast.
   */
  static boolean canBeHost(InetAddress address) {
    byte[] bytes = address.getAddress();
    boolean translator = Bytes.s32(bytes, 0) == 0x0064ff9b && zeros(bytes, 4, 8);
    boolean sixToFour = Bytes.u16(bytes, 0) == 0x2002;
    return !zeros(bytes, 0, 8)
        && !translator
        && !isMulticast(bytes, 0)
        && (!sixToFour || Ipv4.isGlobal(Bytes.s32(bytes, 2)));
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
