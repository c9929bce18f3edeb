package org.virt.nwfilter.nftables.internal;

import java.util.List;
import java.util.stream.Stream;
import org.virt.api.MacAddress;
import org.virt.nwfilter.nftables.internal.Code.Rule;
import org.virt.nwfilter.nftables.internal.Condition.Compare;
import org.virt.nwfilter.nftables.internal.Condition.Dispatch;
import org.virt.nwfilter.nftables.internal.PortSet.Data;
import org.virt.spi.nwfilter.FilterTechnique;

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

  /** Where a port is found that has other rules behind these, which will take their place. */
  static final String BEFORE_FROM = "before_from";

  static final String BEFORE_TO = "before_to";
  static final String ADDRESSES4 = "addresses4";
  static final String ADDRESSES6 = "addresses6";
  static final String MACS = "macs";

  /** As {@link #MACS}, for fields that nft has no name for, and so no type. */
  static final String RAW_MACS = "raw_macs";

  /** The sets and maps that are there from the start. */
  static final List<PortSet> SETS =
      Stream.concat(
              setsOfPorts(Batch.BRIDGE, "", FROM_PORT, TO_PORT).stream(),
              maps(Batch.BRIDGE, BEFORE_FROM, BEFORE_TO).stream())
          .toList();

  /** For the time of a rule, who sends an ARP packet: fields cannot be compared with each other. */
  static final String SENDERS = "arp_senders";

  /** As {@link #SENDERS}, for RARP. */
  static final String RAW_SENDERS = "raw_senders";

  /** The sets that no port has elements in. */
  static final List<PortSet> OTHER_SETS = otherSets(Batch.BRIDGE, "");

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
   * A chain that the kernel enters by itself, or that these lead to.
   *
   * @param name its name, without a hyphen
   * @param hook number of the hook: {@code NF_BR_*}, {@code NF_INET_*} or {@code NF_ARP_*}; {@link
   *     #NO_HOOK} for none
   * @param priority when it is entered
   * @param rules its rules
   */
  record Base(String name, int hook, int priority, List<Rule> rules) {
    static final int NO_HOOK = -1;
    private static final List<String> HOOKS =
        List.of("prerouting", "input", "forward", "output", "postrouting");

    Base(String name, int hook, List<Rule> rules) {
      this(name, hook, PRIORITY, rules);
    }

    /** Returns the name of its hook in the families bridge and inet. */
    String hookName() {
      return HOOKS.get(hook);
    }

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

  /** Says whether a chain is the first one that frames of a port meet in some hook. */
  static boolean isFirst(String chain) {
    return CHAINS.stream().anyMatch(base -> base.name().equals(chain));
  }

  /** Returns what a family has of each port: what it owns, and its ways to programs. */
  static List<PortSet> setsOfPorts(int family, String prefix, String from, String to) {
    List<PortSet> sets =
        List.of(
            new PortSet(prefix + MACS, family, Data.NOTHING, KeyPart.INDEX, KeyPart.MAC),
            new PortSet(prefix + RAW_MACS, family, Data.NOTHING, KeyPart.INDEX, KeyPart.RAW_MAC),
            new PortSet(prefix + ADDRESSES4, family, Data.NOTHING, KeyPart.INDEX, KeyPart.IPV4)
                .withTimes(),
            new PortSet(prefix + ADDRESSES6, family, Data.NOTHING, KeyPart.INDEX, KeyPart.IPV6)
                .withTimes());
    return Stream.concat(sets.stream(), maps(family, from, to).stream()).toList();
  }

  /** Returns maps from interface index to rules. */
  static List<PortSet> maps(int family, String... names) {
    return Stream.of(names)
        .map(name -> new PortSet(name, family, Data.VERDICT, KeyPart.INDEX))
        .toList();
  }

  /** Returns the sets of a family that its rules use by themselves. */
  static List<PortSet> otherSets(int family, String prefix) {
    return List.of(
        new PortSet(prefix + SENDERS, family, Data.DYNAMIC, KeyPart.CPU, KeyPart.IPV4),
        new PortSet(prefix + RAW_SENDERS, family, Data.DYNAMIC, KeyPart.CPU, KeyPart.RAW_IPV4));
  }

  private static List<Rule> closedUnlessMapped(boolean from, List<Condition> only) {
    Subject index = from ? Subjects.IN_INDEX : Subjects.OUT_INDEX;
    Condition before = new Dispatch(index, from ? BEFORE_FROM : BEFORE_TO);
    Condition dispatch = new Dispatch(index, from ? FROM_PORT : TO_PORT);
    Rule closed = closed(from);
    return List.of(
        new Rule(join(only, before), Verdict.NEXT, ""),
        new Rule(join(only, dispatch), Verdict.NEXT, ""),
        new Rule(join(only, closed.conditions().get(0)), closed.verdict(), ""));
  }

  static Rule closed(boolean from) {
    Subject group = from ? Subjects.IN_GROUP : Subjects.OUT_GROUP;
    Condition member = Compare.is(group, HostOrder.bytes(FilterTechnique.PORT_GROUP));
    return new Rule(List.of(member), Verdict.DROP, "");
  }

  private static List<Condition> join(List<Condition> first, Condition last) {
    return Stream.concat(first.stream(), Stream.of(last)).toList();
  }
}
