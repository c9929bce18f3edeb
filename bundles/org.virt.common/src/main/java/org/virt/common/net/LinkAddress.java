package org.virt.common.net;

import java.net.InetAddress;
import java.util.Objects;

/**
 * An IP address of an interface.
 *
 * @param index the interface
 * @param address its address there, without a scope
 * @param prefix how many of its first bits are the network's
 */
public record LinkAddress(int index, InetAddress address, int prefix) {
  public LinkAddress {
    Objects.requireNonNull(address, "address");
    if (prefix < 0 || prefix > address.getAddress().length * Byte.SIZE) {
      throw new IllegalArgumentException("prefix " + prefix + " of " + address);
    }
  }
}
