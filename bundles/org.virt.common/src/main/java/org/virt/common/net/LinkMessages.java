package org.virt.common.net;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.common.netlink.Attributes;
import org.virt.common.netlink.NetlinkMessage;
import org.virt.common.netlink.NetlinkWriter;

/** Messages about links: numbers of linux/rtnetlink.h and linux/if_link.h. */
final class LinkMessages {
  static final int UP = 0x1;
  static final int ADDRESS = 1;
  static final int NAME = 3;
  static final int MTU = 4;
  static final int LOWER = 5;
  static final int MASTER = 10;
  static final int GROUP = 27;

  static final int NEW = 16;
  static final int DELETED = 17;
  private static final int GET = 18;
  private static final int SET = 19;
  private static final int INFO = 18;
  private static final int KIND = 1;
  private static final int DATA = 2;
  private static final int MACVLAN_MODE = 1;
  private static final int EXTENDED_MASK = 29;

  /** IFLA_STATS64; its first number is that of received frames. */
  private static final int STATISTICS = 23;

  private static final int SKIP_STATISTICS = 1 << 3;
  private static final int HEADER = 16;
  private static final int AF_BRIDGE = 7;
  private static final int CAPACITY = 256;
  private static final int MAC_BYTES = 6;

  private LinkMessages() {}

  static NetlinkWriter get(int index) {
    NetlinkWriter writer = start(GET, NetlinkWriter.REQUEST | NetlinkWriter.ACK, index, 0, 0);
    writer.attributeU32(EXTENDED_MASK, SKIP_STATISTICS);
    return writer;
  }

  static NetlinkWriter dump() {
    NetlinkWriter writer = start(GET, NetlinkWriter.REQUEST | NetlinkWriter.DUMP, 0, 0, 0);
    writer.attributeU32(EXTENDED_MASK, SKIP_STATISTICS);
    return writer;
  }

  static NetlinkWriter dumpWithStatistics() {
    return start(GET, NetlinkWriter.REQUEST | NetlinkWriter.DUMP, 0, 0, 0);
  }

  /** Adds the number of frames that an interface has received. */
  static void received(NetlinkMessage message, Map<Integer, Long> all) {
    if (message.type() == NEW && message.payload().remaining() >= HEADER) {
      byte[] statistics = message.attributes(HEADER).bytes(STATISTICS);
      if (statistics.length >= Long.BYTES) {
        ByteBuffer numbers = ByteBuffer.wrap(statistics).order(ByteOrder.nativeOrder());
        all.put(message.payload().getInt(4), numbers.getLong(0));
      }
    }
  }

  static NetlinkWriter set(int index, int flags, int change) {
    return start(SET, NetlinkWriter.REQUEST | NetlinkWriter.ACK, index, flags, change);
  }

  /** Starts a change beside others in the same request; returns its number. */
  static int set(NetlinkWriter writer, int index, int flags, int change) {
    int number = writer.begin(SET, NetlinkWriter.REQUEST | NetlinkWriter.ACK);
    header(writer, index, flags, change);
    return number;
  }

  /** Asks for a new interface; it is down. */
  static NetlinkWriter create(MacvtapRequest request) {
    int flags =
        NetlinkWriter.REQUEST | NetlinkWriter.ACK | NetlinkWriter.CREATE | NetlinkWriter.EXCL;
    NetlinkWriter writer = start(NEW, flags, 0, 0, 0);
    writer.attributeString(NAME, request.name().name());
    writer.attributeBytes(ADDRESS, request.mac().bytes());
    writer.attributeU32(LOWER, request.lower());
    int info = writer.nest(INFO);
    writer.attributeString(KIND, "macvtap");
    int data = writer.nest(DATA);
    writer.attributeU32(MACVLAN_MODE, request.mode().bit);
    writer.endNest(data);
    writer.endNest(info);
    return writer;
  }

  static NetlinkWriter delete(int index) {
    return start(DELETED, NetlinkWriter.REQUEST | NetlinkWriter.ACK, index, 0, 0);
  }

  private static NetlinkWriter start(int type, int messageFlags, int index, int flags, int change) {
    NetlinkWriter writer = new NetlinkWriter(1, CAPACITY);
    writer.begin(type, messageFlags);
    header(writer, index, flags, change);
    return writer;
  }

  private static void header(NetlinkWriter writer, int index, int flags, int change) {
    writer.u32(0); // any family, any hardware type
    writer.u32(index);
    writer.u32(flags);
    writer.u32(change);
  }

  /**
   * Reads a notice or answer about a link. Absent when it is about something else: a bridge also
   * tells, in the same message types but another family, that a port joined or left it.
   */
  static Optional<Link> read(NetlinkMessage message) {
    ByteBuffer payload = message.payload();
    boolean link = message.type() == NEW || message.type() == DELETED;
    if (!link || payload.remaining() < HEADER || payload.get(0) == AF_BRIDGE) {
      return Optional.empty();
    }
    Attributes attributes = message.attributes(HEADER);
    return name(attributes.string(NAME))
        .map(name -> link(name, payload.getInt(4), payload.getInt(8), attributes));
  }

  private static Link link(PortId name, int index, int flags, Attributes attributes) {
    byte[] address = attributes.bytes(ADDRESS);
    MacAddress mac = address.length == MAC_BYTES ? MacAddress.of(address, 0) : new MacAddress(0);
    Set<Link.Flag> set = EnumSet.noneOf(Link.Flag.class);
    for (Link.Flag flag : Link.Flag.values()) {
      if ((flags & flag.bit) != 0) {
        set.add(flag);
      }
    }
    return new Link(
        name,
        index,
        attributes.u32(MASTER, 0),
        attributes.u32(GROUP, 0),
        mac,
        set,
        attributes.nested(INFO).string(KIND),
        attributes.u32(MTU, 0),
        attributes.u32(LOWER, 0));
  }

  private static Optional<PortId> name(String name) {
    try {
      return Optional.of(new PortId(name));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // the kernel takes a few names that no port of ours has
    }
  }
}
