package org.virt.learnip.internal;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** IPv4 addresses as numbers. */
final class Ipv4 {
  private Ipv4() {}

  /**
   * Says whether a host can have this address: not of 0/8, 127/8 (RFC 1122, section 3.2.1.3), 224/4
   * (multicast) or 240/4 (class E and broadcast). Link-local addresses (RFC 3927) are allowed.
   */
  static boolean canBeHost(int address) {
    int first = address >>> 24;
    return first != 0 && first != 127 && first < 224;
  }

  /**
   * Says whether a host can have this address in the Internet: it can be one's, and is neither
   * private (RFC 1918) nor link-local (RFC 3927).
   */
  static boolean isGlobal(int address) {
    boolean ofHere =
        address >>> 24 == 10
            || address >>> 20 == 0xac1
            || address >>> 16 == 0xc0a8
            || address >>> 16 == 0xa9fe;
    return canBeHost(address) && !ofHere;
  }

  static InetAddress toAddress(int address) {
    byte[] bytes = {
      (byte) (address >>> 24), (byte) (address >>> 16), (byte) (address >>> 8), (byte) address
    };
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an IPv4 address", e);
    }
  }

  static int toNumber(InetAddress address) {
    return Bytes.s32(address.getAddress(), 0);
  }
}
