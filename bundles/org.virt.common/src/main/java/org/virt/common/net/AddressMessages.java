package org.virt.common.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.virt.common.netlink.Attributes;
import org.virt.common.netlink.NetlinkMessage;
import org.virt.common.netlink.NetlinkWriter;

/** Messages about IP addresses of interfaces: numbers of linux/if_addr.h. */
final class AddressMessages {
  private static final int NEW = 20;
  private static final int DELETED = 21;
  private static final int GET = 22;
  private static final int ADDRESS = 1;

  /** The own address where {@link #ADDRESS} is that of the other end. */
  private static final int LOCAL = 2;

  private static final int HEADER = 8;
  private static final int INET = 2;
  private static final int INET6 = 10;
  private static final int CAPACITY = 64;

  private AddressMessages() {}

  static NetlinkWriter dump() {
    NetlinkWriter writer = new NetlinkWriter(1, CAPACITY);
    writer.begin(GET, NetlinkWriter.REQUEST | NetlinkWriter.DUMP);
    writer.u32(0); // any family, any length of the prefix, flags, scope
    writer.u32(0); // any interface
    return writer;
  }

  /** Says whether an interface has an address more or less. */
  static boolean isChange(NetlinkMessage message) {
    return message.type() == NEW || message.type() == DELETED;
  }

  static Optional<LinkAddress> read(NetlinkMessage message) {
    ByteBuffer payload = message.payload();
    if (message.type() != NEW || payload.remaining() < HEADER) {
      return Optional.empty();
    }
    Attributes attributes = message.attributes(HEADER);
    byte[] own = attributes.bytes(LOCAL);
    byte[] bytes = own.length > 0 ? own : attributes.bytes(ADDRESS);
    int prefix = payload.get(1) & 0xff;
    int family = payload.get(0);
    boolean sound =
        (family == INET && bytes.length == 4 || family == INET6 && bytes.length == 16)
            && prefix <= bytes.length * Byte.SIZE;
    return sound
        ? Optional.of(new LinkAddress(payload.getInt(4), address(bytes), prefix))
        : Optional.empty();
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return bytes.length == 4
          ? InetAddress.getByAddress(bytes)
          : Inet6Address.getByAddress(null, bytes, -1);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four or sixteen bytes are an address", e);
    }
  }
}
