package org.virt.nwfilter.nftables.internal;

import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.virt.api.MacAddress;
import org.virt.nwfilter.nftables.internal.Code.Rule;
import org.virt.nwfilter.nftables.internal.Condition.Compare;
import org.virt.nwfilter.nftables.internal.Condition.Dispatch;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.Operand;

/**
 * What our table has besides the chains of ports. A frame of a bridge port meets prerouting when it
 * comes in, but not one to a link-local group address (IEEE 802.1D, table 7-10) that the bridge
 * keeps for itself: that meets input only. A frame to a port meets postrouting last, but not what
 * the bridge itself says there (BPDUs, IGMP and MLD queries): that meets output only, and goes to
 * group addresses.
 */
final class Layout {
  static final String TABLE = "org_virt";
  static final String FROM_PORT = "from_port";
  static final String TO_PORT = "to_port";
  static final String ADDRESSES4 = "addresses4";
  static final String ADDRESSES6 = "addresses6";
  static final String MACS = "macs";

  /** As {@link #MACS}, for fields that nft has no name for, and so no type. */
  static final String RAW_MACS = "raw_macs";

  /**
   * nft's note of {@code typeof iif . @nh,64,48}: type-length-value lists of the expressions
   * concatenation (13), meta (9) with key iif, and payload (7) with base, offset and length in
   * bits.
   */
  private static final byte[] TYPE_OF_RAW =
      HexFormat.of()
          .parseHex(
              "000400000000034000040d0000000138000e000409000000010600040400000001260004070000000"
                  + "11e000400000000010400000000020402000000030440000000040430000000");

  private static final byte[] NOTHING = {};

  /** The sets of what ports have of their own. */
  static final List<PortSet> SETS =
      List.of(
          new PortSet(MACS, "type iface_index . ether_addr", 9, 8, false, NOTHING),
          new PortSet(RAW_MACS, "typeof iif . @nh,64,48", 4, 8, false, TYPE_OF_RAW),
          new PortSet(ADDRESSES4, "type iface_index . ipv4_addr", 7, 4, true, NOTHING),
          new PortSet(ADDRESSES6, "type iface_index . ipv6_addr", 8, 16, true, NOTHING));

  static final List<String> ADDRESSES = List.of(ADDRESSES4, ADDRESSES6);
  static final List<String> MAPS = List.of(FROM_PORT, TO_PORT);

  /** The sets and maps with elements of ports. */
  static final List<String> ELEMENTS =
      List.of(FROM_PORT, TO_PORT, MACS, RAW_MACS, ADDRESSES4, ADDRESSES6);

  static final int PRIORITY = -300;

  /** {@code NF_BR_LOCAL_IN}, after {@code NF_BR_PRE_ROUTING}. */
  private static final int LOCAL_IN = 1;

  private static final byte[] LINK_LOCAL = MacAddress.parse("01:80:c2:00:00:00").bytes();
  private static final byte[] LINK_LOCAL_MASK = MacAddress.parse("ff:ff:ff:ff:ff:f0").bytes();
  private static final byte[] GROUP_BIT = MacAddress.parse("01:00:00:00:00:00").bytes();

  static final List<Base> CHAINS =
      List.of(
          new Base("prerouting", 0, closedUnlessMapped(true, List.of())),
          new Base(
              "input",
              1,
              closedUnlessMapped(
                  true,
                  List.of(
                      Compare.masked(Subjects.ETHER_DESTINATION, LINK_LOCAL_MASK, LINK_LOCAL)))),
          new Base(
              "output",
              3,
              closedUnlessMapped(
                  false,
                  List.of(Compare.masked(Subjects.ETHER_DESTINATION, GROUP_BIT, GROUP_BIT)))),
          new Base("postrouting", 4, closedUnlessMapped(false, List.of())));

  /**
   * The same table of other families: an interface of the group that is no port of a bridge meets
   * none of the rules above. What the host itself would take from it or send to it is dropped
   * there. Frames of bridge ports do not come by as such.
   */
  static final List<Gate> GATES =
      List.of(
          new Gate(
              Batch.INET,
              List.of(
                  new Base("prerouting", 0, List.of(closed(true))),
                  new Base("postrouting", 4, List.of(closed(false))))),
          new Gate(
              Batch.ARP,
              List.of(
                  new Base("input", 0, List.of(closed(true))),
                  new Base("output", 1, List.of(closed(false))))));

  private Layout() {}

  /**
   * A chain that the kernel enters by itself.
   *
   * @param name its name, which is also that of the hook
   * @param hook number of the hook: {@code NF_BR_*}, {@code NF_INET_*} or {@code NF_ARP_*}
   * @param rules its rules
   */
  record Base(String name, int hook, List<Rule> rules) {
    /** Says whether frames come by that ports send. */
    boolean isOutgoing() {
      return hook <= LOCAL_IN;
    }
  }

  /**
   * A table that only closes.
   *
   * @param family its family
   * @param chains its chains
   */
  record Gate(int family, List<Base> chains) {}

  /**
   * A set whose elements are a port and something of its own.
   *
   * @param name its name
   * @param typeText how nft writes the type of the elements
   * @param type nft's number for the type
   * @param bytes how long that is, with what fills up its last register
   * @param timed whether elements may end by themselves
   * @param note what nft keeps with the set for its printing; empty for nothing
   */
  record PortSet(String name, String typeText, int type, int bytes, boolean timed, byte[] note) {}

  /** Says whether a chain is one that the kernel enters by itself. */
  static boolean isFirst(String chain) {
    return CHAINS.stream().anyMatch(base -> base.name().equals(chain));
  }

  static String addresses(Operand.Family family) {
    return family == Operand.Family.IPV4 ? ADDRESSES4 : ADDRESSES6;
  }

  private static List<Rule> closedUnlessMapped(boolean from, List<Condition> only) {
    Subject index = from ? Subjects.IN_INDEX : Subjects.OUT_INDEX;
    Condition dispatch = new Dispatch(index, from ? FROM_PORT : TO_PORT);
    Rule closed = closed(from);
    return List.of(
        new Rule(join(only, dispatch), Verdict.NEXT, ""),
        new Rule(join(only, closed.conditions().get(0)), closed.verdict(), ""));
  }

  private static Rule closed(boolean from) {
    Subject group = from ? Subjects.IN_GROUP : Subjects.OUT_GROUP;
    Condition member = Compare.is(group, HostOrder.bytes(FilterTechnique.PORT_GROUP));
    return new Rule(List.of(member), Verdict.DROP, "");
  }

  private static List<Condition> join(List<Condition> first, Condition last) {
    return Stream.concat(first.stream(), Stream.of(last)).toList();
  }
}
