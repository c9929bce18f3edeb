package org.virt.nwfilter.ebtables.internal;

import static org.virt.nwfilter.ebtables.internal.Expression.bitwise;
import static org.virt.nwfilter.ebtables.internal.Expression.equal;
import static org.virt.nwfilter.ebtables.internal.Expression.host;
import static org.virt.nwfilter.ebtables.internal.Expression.meta;
import static org.virt.nwfilter.ebtables.internal.Expression.notEqual;
import static org.virt.nwfilter.ebtables.internal.Expression.payload;
import static org.virt.nwfilter.ebtables.internal.Expression.verdict;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.PortRef;

/**
 * The gate: what ebtables cannot say. It knows interfaces by name only; the gate knows index and
 * group. One chain of each hook runs before those of ebtables and takes our bits out of the mark;
 * one runs behind them and lets a frame of a member of the group pass only when the port has a
 * program and the frame went through it. So a port is closed when it has no program, when its
 * interface was made again, and when somebody else has flushed ebtables.
 */
final class GateLayout {
  /** The interface group of ports whose rules ebtables has. */
  static final int GROUP = FilterTechnique.PORT_GROUP + 1;

  static final String TABLE = "org_virt_ebtables";
  static final String PORTS = "ports";

  /** Ports whose guest may say everything, to the host's own protocols of bridges, too. */
  static final String SILENT = "without_rules";

  /** Port and address of each lease that a program has. */
  static final String LEASES4 = "leases4";

  static final String LEASES6 = "leases6";

  /** Those whose time is not over: the kernel ends them, also when no runtime is there. */
  static final String VALID4 = "valid4";

  static final String VALID6 = "valid6";

  static final int DROP = 0;
  static final int ACCEPT = 1;
  static final int KEY_BYTES = 20;

  static final int INET = 1;
  static final int ARP = 3;
  static final int BRIDGE = 7;

  private static final int IN_INDEX = 4;
  private static final int IN_GROUP = 21;
  private static final int IPV4 = 0x0800;
  private static final int ARP_TYPE = 0x0806;
  private static final int IPV6 = 0x86dd;
  private static final int IPV4_SOURCE = 12;
  private static final int ARP_SENDER = 14;
  private static final int IPV6_SOURCE = 8;
  private static final int IPV6_NEXT = 6;
  private static final int IPV6_PAYLOAD = 40;
  private static final int ND_TARGET = 48;
  private static final byte[] ICMPV6 = {58};
  private static final byte[] ADVERTISEMENT = {(byte) 136};
  private static final int OFFSET_MASK = 0x1fff;
  private static final int OURS = Marks.SEEN | Marks.LATER_FRAGMENT;
  private static final byte[] LINK_LOCAL = {1, (byte) 0x80, (byte) 0xc2, 0, 0, 0};
  private static final byte[] LINK_LOCAL_MASK = {-1, -1, -1, -1, -1, (byte) 0xf0};

  /** Priorities of ebtables' table nat: {@code NF_BR_PRI_NAT_*}. */
  private static final int NAT_IN = -300;

  private static final int NAT_OUTPUT = 100;
  private static final int NAT_OUT = 300;

  private GateLayout() {}

  /**
   * A chain that the kernel enters by itself.
   *
   * @param name its name
   * @param hook number of the hook: {@code NF_BR_*}, {@code NF_INET_*} or {@code NF_ARP_*}
   * @param priority before lower ones
   * @param rules expressions of each rule
   */
  record Base(String name, int hook, int priority, List<List<Expression>> rules) {}

  /**
   * Returns the chains of a family. Frames to link-local group addresses (IEEE 802.1D, table 7-10)
   * that the bridge keeps for itself meet input only; what the bridge itself says (BPDUs, IGMP and
   * MLD queries) meets output only, and goes to group addresses. Interfaces of the group that are
   * no ports of a bridge meet inet and arp only.
   */
  static List<Base> chains(int family) {
    return switch (family) {
      case BRIDGE ->
          List.of(
              new Base("before_in", 0, NAT_IN - 1, before(Side.FROM)),
              new Base("behind_in", 0, NAT_IN + 1, join(ended(), behind(Side.FROM))),
              new Base("input", 1, NAT_IN, toTheHost()),
              new Base("before_output", 3, NAT_OUTPUT - 1, before(Side.TO)),
              new Base("behind_output", 3, NAT_OUTPUT + 1, groupAddresses(behind(Side.TO))),
              new Base("before_out", 4, NAT_OUT - 1, before(Side.TO)),
              new Base("behind_out", 4, NAT_OUT + 1, behind(Side.TO)));
      case INET ->
          List.of(
              new Base("prerouting", 0, NAT_IN, List.of(closed(Side.FROM))),
              new Base("postrouting", 4, NAT_IN, List.of(closed(Side.TO))));
      default ->
          List.of(
              new Base("input", 0, NAT_IN, List.of(closed(Side.FROM))),
              new Base("output", 1, NAT_IN, List.of(closed(Side.TO))));
    };
  }

  /** Which port of a frame is looked at. */
  private enum Side {
    FROM,
    TO;

    Expression index() {
      return meta(IN_INDEX + ordinal());
    }

    /** Loads the name behind the index. */
    Expression nameBehind() {
      return Expression.metaBehind(IN_INDEX + 2 + ordinal());
    }

    List<Expression> member() {
      return List.of(meta(IN_GROUP + ordinal()), equal(host(GROUP)));
    }
  }

  private static List<List<Expression>> before(Side side) {
    byte[] zero = new byte[Short.BYTES];
    List<Expression> later =
        List.of(
            meta(Expression.META_PROTOCOL),
            equal(network(IPV4)),
            payload(1, 6, Short.BYTES),
            bitwise(network(OFFSET_MASK), zero),
            notEqual(zero));
    return List.of(
        join(side.member(), mark(~OURS, 0)),
        join(join(side.member(), later), mark(~Marks.LATER_FRAGMENT, Marks.LATER_FRAGMENT)));
  }

  private static List<List<Expression>> behind(Side side) {
    byte[] none = host(0);
    List<Expression> seen =
        List.of(
            side.index(),
            side.nameBehind(),
            Expression.lookup(PORTS),
            meta(Expression.META_MARK),
            bitwise(host(Marks.SEEN), none),
            notEqual(none));
    return List.of(join(join(seen, mark(~OURS, 0)), List.of(verdict(ACCEPT))), closed(side));
  }

  /** What a guest says of an address whose lease is over does not pass, whatever its rules say. */
  private static List<List<Expression>> ended() {
    List<Expression> ipv6 = type(IPV6);
    List<Expression> advertisement =
        List.of(
            payload(1, IPV6_NEXT, 1),
            equal(ICMPV6),
            payload(1, IPV6_PAYLOAD, 1),
            equal(ADVERTISEMENT));
    return List.of(
        join(type(IPV4), over(IPV4_SOURCE, Integer.BYTES)),
        join(type(ARP_TYPE), over(ARP_SENDER, Integer.BYTES)),
        join(ipv6, over(IPV6_SOURCE, 4 * Integer.BYTES)),
        join(join(ipv6, advertisement), over(ND_TARGET, 4 * Integer.BYTES)));
  }

  private static List<Expression> type(int etherType) {
    return List.of(meta(Expression.META_PROTOCOL), equal(network(etherType)));
  }

  private static List<Expression> over(int offset, int length) {
    boolean ipv4 = length == Integer.BYTES;
    return List.of(
        Side.FROM.index(),
        Expression.payloadBehind(offset, length),
        Expression.lookup(ipv4 ? LEASES4 : LEASES6),
        Expression.lookupNone(ipv4 ? VALID4 : VALID6),
        verdict(DROP));
  }

  private static List<List<Expression>> toTheHost() {
    List<Expression> linkLocal =
        List.of(
            payload(0, 0, LINK_LOCAL.length),
            bitwise(LINK_LOCAL_MASK, new byte[LINK_LOCAL.length]),
            equal(LINK_LOCAL));
    List<Expression> free =
        List.of(
            Side.FROM.index(), Side.FROM.nameBehind(), Expression.lookup(SILENT), verdict(ACCEPT));
    return List.of(join(linkLocal, free), join(linkLocal, closed(Side.FROM)));
  }

  /** What goes to one station comes by again, behind. */
  private static List<List<Expression>> groupAddresses(List<List<Expression>> rules) {
    byte[] zero = new byte[1];
    List<Expression> one =
        List.of(payload(0, 0, 1), bitwise(new byte[] {1}, zero), equal(zero), verdict(ACCEPT));
    return Stream.concat(Stream.of(one), rules.stream()).toList();
  }

  private static List<Expression> closed(Side side) {
    return join(side.member(), List.of(verdict(DROP)));
  }

  private static List<Expression> mark(int kept, int set) {
    return List.of(
        meta(Expression.META_MARK), bitwise(host(kept), host(set)), Expression.setMark());
  }

  private static <T> List<T> join(List<T> first, List<T> last) {
    return Stream.concat(first.stream(), last.stream()).toList();
  }

  private static byte[] network(int number) {
    return new byte[] {(byte) (number >>> Byte.SIZE), (byte) number};
  }

  /** Returns the key of a port in the sets: its index and its name. */
  static byte[] key(PortRef port) {
    byte[] key = new byte[KEY_BYTES];
    System.arraycopy(host(port.index()), 0, key, 0, Integer.BYTES);
    byte[] name = port.id().name().getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(name, 0, key, Integer.BYTES, name.length);
    return key;
  }
}
