package org.virt.learnip.internal;

import java.math.BigInteger;
import java.net.InetAddress;
import org.virt.common.net.LinkAddress;

/**
 * The network that an address and the length of its prefix name.
 *
 * @param first its first address, as a number
 * @param hostBits how many bits a host has of its own
 * @param length bytes of an address
 */
record Subnet(BigInteger first, int hostBits, int length) {
  /** Networks with fewer bits for hosts have no address of that kind (RFC 3021, RFC 6164). */
  private static final int LEAST_HOST_BITS = 2;

  static Subnet of(LinkAddress address) {
    return of(address.address(), address.prefix());
  }

  static Subnet of(InetAddress member, int prefix) {
    byte[] bytes = member.getAddress();
    int hostBits = bytes.length * Byte.SIZE - prefix;
    BigInteger first = number(bytes).shiftRight(hostBits).shiftLeft(hostBits);
    return new Subnet(first, hostBits, bytes.length);
  }

  private static BigInteger number(byte[] bytes) {
    return new BigInteger(1, bytes);
  }

  /**
   * Says whether an address is the network's own (RFC 1122, section 3.2.1.3; of IPv6 its routers',
   * RFC 4291, section 2.6.1), or its broadcast address.
   */
  boolean isOfNobody(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length != length || hostBits < LEAST_HOST_BITS) {
      return false;
    }
    BigInteger offset = number(bytes).subtract(first);
    boolean broadcast =
        length == 4 && offset.equals(BigInteger.ONE.shiftLeft(hostBits).subtract(BigInteger.ONE));
    return offset.signum() == 0 || broadcast;
  }
}
