package org.virt.learnip.internal;

import java.nio.ByteBuffer;
import java.util.Set;
import org.virt.common.netlink.NetlinkWriter;
import org.virt.learnip.internal.Watch.Want;

/**
 * Writes the rules that have the kernel tell what goes out by a device, before any other rule of
 * its egress: numbers of linux/netfilter/nf_tables.h. They judge nothing. Each kind of frames has a
 * limit of its own, for each device.
 */
final class LogRules {
  /** The group of nfnetlink_log that frames are told to. */
  static final int GROUP = 0x766c;

  private static final String TABLE = "org_virt_learn";
  private static final int SUBSYSTEM = 10;
  private static final int NETDEV = 5;
  private static final int BATCH_BEGIN = 0x10;
  private static final int BATCH_END = 0x11;
  private static final int NEW_TABLE = 0;
  private static final int NEW_CHAIN = 3;
  private static final int DELETE_CHAIN = 5;
  private static final int NEW_RULE = 6;
  private static final int DELETE_RULE = 8;

  /** Nobody else changes the table, and it goes with the socket that made it. */
  private static final int OWNER = 0x2;

  private static final int EGRESS = 1;

  /** Before the filter techniques. */
  private static final int PRIORITY = -400;

  private static final int[] DHCP_PORTS = {DhcpDatagram.SERVER_PORT, DhcpDatagram.CLIENT_PORT};
  private static final int[] DHCP_PORTS6 = {DhcpDatagram.SERVER_PORT6, DhcpDatagram.CLIENT_PORT6};
  private static final int ACCEPT = 1;
  private static final int REGISTER = 1;
  private static final int META_PROTOCOL = 1;
  private static final int META_L4 = 16;
  private static final int TRANSPORT = 2;
  private static final int EQUAL = 0;
  private static final int NOT_MORE = 3;
  private static final int NOT_LESS = 5;

  private final NetlinkWriter writer = new NetlinkWriter(1, 4096);
  private int list;

  private LogRules() {}

  /** Makes the table. */
  static NetlinkWriter table() {
    LogRules rules = new LogRules();
    rules.bracket(BATCH_BEGIN);
    rules.begin(NEW_TABLE, NetlinkWriter.CREATE | NetlinkWriter.ACK);
    rules.writer.attributeBe32(2, OWNER);
    return rules.done();
  }

  /** Makes a device's chain, or gives it other rules. */
  static NetlinkWriter chain(Watch watch, String device) {
    LogRules rules = new LogRules();
    NetlinkWriter writer = rules.writer;
    String chain = name(watch.index());
    rules.bracket(BATCH_BEGIN);
    rules.begin(NEW_CHAIN, NetlinkWriter.CREATE);
    writer.attributeString(3, chain);
    int hook = writer.nest(4);
    writer.attributeBe32(1, EGRESS);
    writer.attributeBe32(2, PRIORITY);
    writer.attributeString(3, device);
    writer.endNest(hook);
    writer.attributeBe32(5, ACCEPT);
    writer.attributeString(7, "filter");
    writer.end();
    rules.begin(DELETE_RULE, NetlinkWriter.ACK);
    writer.attributeString(2, chain);
    writer.end();
    rules.rules(chain, watch.wants());
    rules.bracket(BATCH_END);
    return writer;
  }

  /** Takes a device's chain away. */
  static NetlinkWriter without(int index) {
    LogRules rules = new LogRules();
    rules.bracket(BATCH_BEGIN);
    rules.begin(DELETE_RULE, 0);
    rules.writer.attributeString(2, name(index));
    rules.writer.end();
    rules.begin(DELETE_CHAIN, NetlinkWriter.ACK);
    rules.writer.attributeString(3, name(index));
    return rules.done();
  }

  private static String name(int index) {
    return "from_" + index;
  }

  private NetlinkWriter done() {
    writer.end();
    bracket(BATCH_END);
    return writer;
  }

  private void rules(String chain, Set<Want> wants) {
    // DHCP is captured, where all of it is in one order.
    for (int port : DHCP_PORTS) {
      rule(chain, CookedFrame.IPV4, () -> udpTo(port), () -> {});
    }
    for (int port : DHCP_PORTS6) {
      rule(chain, CookedFrame.IPV6, () -> udpTo(port), () -> {});
    }
    // What is in a tag is found out later.
    rule(chain, CookedFrame.VLAN, () -> {});
    if (wants.contains(Want.ARP)) {
      rule(chain, CookedFrame.ARP, () -> {});
    }
    if (wants.contains(Want.ND)) {
      rule(chain, CookedFrame.IPV6, this::neighbourDiscovery);
    }
    if (wants.contains(Want.IPV4)) {
      rule(chain, CookedFrame.IPV4, () -> {});
    }
    if (wants.contains(Want.IPV6)) {
      rule(chain, CookedFrame.IPV6, () -> {});
    }
  }

  private void udpTo(int port) {
    meta(META_L4);
    compare(EQUAL, (byte) DhcpDatagram.UDP);
    payload(2, Short.BYTES);
    compare(EQUAL, be16(port));
  }

  private void neighbourDiscovery() {
    meta(META_L4);
    compare(EQUAL, (byte) NeighborMessage.ICMP);
    payload(0, 1);
    compare(NOT_LESS, (byte) NeighborMessage.SOLICITATION);
    compare(NOT_MORE, (byte) NeighborMessage.ADVERTISEMENT);
  }

  /** Tells frames of a kind; those behind it in the chain are others. */
  private void rule(String chain, int etherType, Runnable conditions) {
    rule(
        chain,
        etherType,
        conditions,
        () -> {
          expression("limit", this::limit);
          expression("log", this::log);
        });
  }

  private void rule(String chain, int etherType, Runnable conditions, Runnable action) {
    begin(NEW_RULE, NetlinkWriter.CREATE | NetlinkWriter.APPEND);
    writer.attributeString(2, chain);
    list = writer.nest(4);
    meta(META_PROTOCOL);
    compare(EQUAL, be16(etherType));
    conditions.run();
    action.run();
    expression("immediate", this::accept);
    writer.endNest(list);
    writer.end();
  }

  private void log() {
    writer.attributeBytes(1, be16(GROUP));
    writer.attributeBe32(3, PcapCapture.SNAP_LENGTH);
    writer.attributeBytes(4, be16(1));
  }

  private void limit() {
    writer.attributeBe64(1, (long) LearningPort.RATE);
    writer.attributeBe64(2, 1);
    writer.attributeBe32(3, (int) LearningPort.BURST);
  }

  private void accept() {
    writer.attributeBe32(1, 0);
    int data = writer.nest(2);
    int verdict = writer.nest(2);
    writer.attributeBe32(1, ACCEPT);
    writer.endNest(verdict);
    writer.endNest(data);
  }

  private void meta(int key) {
    expression(
        "meta",
        () -> {
          writer.attributeBe32(2, key);
          writer.attributeBe32(1, REGISTER);
        });
  }

  private void payload(int offset, int length) {
    expression(
        "payload",
        () -> {
          writer.attributeBe32(1, REGISTER);
          writer.attributeBe32(2, TRANSPORT);
          writer.attributeBe32(3, offset);
          writer.attributeBe32(4, length);
        });
  }

  private void compare(int operation, byte... value) {
    expression(
        "cmp",
        () -> {
          writer.attributeBe32(1, REGISTER);
          writer.attributeBe32(2, operation);
          int data = writer.nest(3);
          writer.attributeBytes(1, value);
          writer.endNest(data);
        });
  }

  private void expression(String name, Runnable attributes) {
    int expression = writer.nest(1);
    writer.attributeString(1, name);
    int data = writer.nest(2);
    attributes.run();
    writer.endNest(data);
    writer.endNest(expression);
  }

  private void begin(int type, int flags) {
    writer.begin(SUBSYSTEM << Byte.SIZE | type, NetlinkWriter.REQUEST | flags);
    writer.u8(NETDEV);
    writer.u8(0);
    writer.be16(0);
    writer.attributeString(1, TABLE);
  }

  private void bracket(int type) {
    writer.begin(type, NetlinkWriter.REQUEST);
    writer.u8(0);
    writer.u8(0);
    writer.be16(SUBSYSTEM);
    writer.end();
  }

  private static byte[] be16(int value) {
    return ByteBuffer.allocate(Short.BYTES).putShort((short) value).array();
  }
}
