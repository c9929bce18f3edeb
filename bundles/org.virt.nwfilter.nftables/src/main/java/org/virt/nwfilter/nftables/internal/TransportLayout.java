package org.virt.nwfilter.nftables.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.virt.nwfilter.nftables.internal.Code.Rule;
import org.virt.nwfilter.nftables.internal.Condition.Compare;
import org.virt.nwfilter.nftables.internal.Condition.Dispatch;
import org.virt.nwfilter.nftables.internal.Condition.Known;
import org.virt.nwfilter.nftables.internal.Condition.MarkBy;
import org.virt.nwfilter.nftables.internal.Condition.Member;
import org.virt.nwfilter.nftables.internal.Condition.SetMark;
import org.virt.nwfilter.nftables.internal.Layout.Base;
import org.virt.nwfilter.nftables.internal.PortSet.Data;
import org.virt.spi.nwfilter.Step;

/**
 * What our tables have besides for transport rules, made when the first port has some.
 *
 * <p>Where the bridge tracks connections, packets are judged there, behind its own tracking. Where
 * it does not, {@code br_netfilter} leads them through the hooks of IP: a packet of a port with
 * transport rules is marked before that, judged in our tables of families ip and ip6 by its mark,
 * and dropped behind that unless it was found to pass. So it is dropped as well when {@code
 * br_netfilter} is switched off or our other tables taken away. What the host itself sends to a
 * port comes that way never: it is marked there with what it is to its connection, and judged in
 * the bridge by that.
 *
 * <p>{@code br_netfilter} stands at 0, in forward at -1, and goes on with what is above 0.
 */
final class TransportLayout {
  /** Interface index and type → mark that the packet gets to be judged. */
  static final String MARK_FROM = "mark_from";

  static final String MARK_TO = "mark_to";

  /** Interface index and type of packets that have to be judged. */
  static final String JUDGED_FROM = "judged_from";

  static final String JUDGED_TO = "judged_to";

  /** Interface index → rules for packets that the host itself sends. */
  static final String HOST_TO = "host_to";

  /** Interface index → rules for packets behind a VLAN tag. */
  static final String TAGGED_FROM = "tagged_from";

  static final String TAGGED_TO = "tagged_to";

  /** Interface index → rules where the bridge tracks connections. */
  static final String STATEFUL_FROM = "stateful_from";

  static final String STATEFUL_TO = "stateful_to";

  /**
   * In the families ip and ip6, under the names that {@link #named} makes: marks that are valid
   * now; and by port what it has.
   */
  static final String GENERATIONS = "generations";

  static final String MARKED_FROM = "marked_from";
  static final String MARKED_TO = "marked_to";
  static final String MARKED_MACS = "marked_macs";
  static final String MARKED_ADDRESSES = "marked_addresses";

  /** The families whose hooks {@code br_netfilter} leads packets through. */
  static final List<Integer> IP_FAMILIES = List.of(Batch.IPV4, Batch.IPV6);

  /** The chain of these that packets go to that may pass. */
  static final String PASSED = "passed";

  private static final String CONNECTION = "connection";
  private static final int PREROUTING = 0;
  private static final int FORWARD = 2;
  private static final int OUTPUT = 3;
  private static final int POSTROUTING = 4;
  private static final int AFTER_TRACKING = -199;
  private static final int LATE = 299;
  private static final int IPV4 = 0x0800;
  private static final int IPV6 = 0x86dd;

  /** "Destination port unreachable": RFC 792 and RFC 4443. */
  private static final int ICMP = 1;

  private static final int UNREACHABLE = 3;
  private static final int PORT = 3;
  private static final int ICMPV6 = 58;
  private static final int UNREACHABLE_6 = 1;
  private static final int PORT_6 = 4;

  /** One of the ways that transport rules go. */
  enum Part {
    /** Packets behind a tag, on either way. */
    TAGGED(
        Layout.maps(Batch.BRIDGE, TAGGED_FROM, TAGGED_TO),
        List.of(
            new Base("tagged_from", PREROUTING, -299, tagged(Subjects.IN_INDEX, TAGGED_FROM)),
            new Base("tagged_to", POSTROUTING, -299, tagged(Subjects.OUT_INDEX, TAGGED_TO)))),
    /** Packets that the bridge tracks. */
    STATEFUL(
        Layout.maps(Batch.BRIDGE, STATEFUL_FROM, STATEFUL_TO),
        List.of(
            new Base("stateful_from", PREROUTING, 0, untagged(Subjects.IN_INDEX, STATEFUL_FROM)),
            new Base("stateful_to", POSTROUTING, -297, untagged(Subjects.OUT_INDEX, STATEFUL_TO)))),
    /** Packets that {@code br_netfilter} leads through the hooks of IP. */
    MARKED(markedSets(), markedBridge()),
    /** All frames of ports that are in no bridge; what comes first belongs to each of them. */
    DIRECT(DirectLayout.SETS, List.of());

    private final List<PortSet> sets;
    private final List<Base> bridge;

    Part(List<PortSet> sets, List<Base> bridge) {
      this.sets = sets;
      this.bridge = bridge;
    }

    List<PortSet> sets() {
      return sets;
    }

    /** Returns the first chains of a family, if there are any. */
    List<Base> chains(int family) {
      if (family == Batch.BRIDGE) {
        return bridge;
      }
      return this == MARKED ? markedChains(family == Batch.IPV4) : List.of();
    }
  }

  private TransportLayout() {}

  /** Returns the name that a set or map of an IP family has. */
  static String named(String set, boolean ipv4) {
    return set + (ipv4 ? "4" : "6");
  }

  /** Returns all sets and maps with elements of ports, whether they are there or not, by name. */
  static Map<String, PortSet> sets() {
    return All.SETS;
  }

  /** All sets; they need the parts, which need the names above. */
  private static final class All {
    private static final Map<String, PortSet> SETS = all();
    private static final List<PortSet> CHANGING_WITH_NEXT =
        SETS.values().stream().filter(PortSet::changesWithNext).toList();

    private static Map<String, PortSet> all() {
      Map<String, PortSet> sets = new LinkedHashMap<>();
      Layout.SETS.forEach(set -> sets.put(set.name(), set));
      for (Part part : Part.values()) {
        part.sets().forEach(set -> sets.put(set.name(), set));
      }
      return Collections.unmodifiableMap(sets);
    }
  }

  /**
   * Returns those whose elements change when a port's next program takes the place of the one
   * before. None leads to rules that were not led to: for an element that does, the kernel walks
   * all rules of all ports.
   */
  static List<PortSet> changingWithNext() {
    return All.CHANGING_WITH_NEXT;
  }

  private static List<PortSet> markedSets() {
    List<PortSet> sets = new ArrayList<>();
    sets.add(new PortSet(MARK_FROM, Batch.BRIDGE, Data.MARK, KeyPart.INDEX, KeyPart.ETHER_TYPE));
    sets.add(new PortSet(MARK_TO, Batch.BRIDGE, Data.MARK, KeyPart.INDEX, KeyPart.ETHER_TYPE));
    sets.add(judgedSet(JUDGED_FROM));
    sets.add(judgedSet(JUDGED_TO));
    sets.add(new PortSet(HOST_TO, Batch.BRIDGE, Data.VERDICT, KeyPart.INDEX));
    for (int family : IP_FAMILIES) {
      boolean ipv4 = family == Batch.IPV4;
      KeyPart address = ipv4 ? KeyPart.IPV4 : KeyPart.IPV6;
      sets.add(markedSet(GENERATIONS, ipv4, Data.NOTHING, KeyPart.MARK));
      sets.add(markedSet(MARKED_FROM, ipv4, Data.VERDICT, KeyPart.MARK));
      sets.add(markedSet(MARKED_TO, ipv4, Data.VERDICT, KeyPart.MARK));
      sets.add(markedSet(MARKED_MACS, ipv4, Data.NOTHING, KeyPart.MARK, KeyPart.MAC));
      sets.add(markedSet(MARKED_ADDRESSES, ipv4, Data.NOTHING, KeyPart.MARK, address).withTimes());
    }
    return List.copyOf(sets);
  }

  private static PortSet judgedSet(String name) {
    return new PortSet(name, Batch.BRIDGE, Data.NOTHING, KeyPart.INDEX, KeyPart.ETHER_TYPE);
  }

  private static PortSet markedSet(String name, boolean ipv4, Data data, KeyPart... key) {
    return new PortSet(named(name, ipv4), ipv4 ? Batch.IPV4 : Batch.IPV6, data, key);
  }

  private static List<Base> markedBridge() {
    Subject in = Subjects.IN_INDEX;
    Subject out = Subjects.OUT_INDEX;
    List<Rule> host = new ArrayList<>();
    host.add(rule(Verdict.ACCEPT, Marks.isError()));
    host.addAll(untagged(out, HOST_TO));
    return List.of(
        new Base("mark_from", PREROUTING, -299, List.of(rule(new MarkBy(in, MARK_FROM)))),
        new Base("judged_from", PREROUTING, 1, judged(in, JUDGED_FROM)),
        new Base("mark_to", FORWARD, -2, List.of(rule(new MarkBy(out, MARK_TO)))),
        new Base("judged_to", FORWARD, 1, judged(out, JUDGED_TO)),
        new Base("host_to", OUTPUT, 1, List.copyOf(host)),
        new Base(
            "host_done", POSTROUTING, -298, List.of(rule(Marks.fromHost(), Marks.clearHost()))));
  }

  private static List<Base> markedChains(boolean ipv4) {
    Compare bridge = Compare.is(Subjects.OUT_KIND, kind("bridge"));
    Verdict connection = Verdict.goTo(CONNECTION);
    List<Rule> notes = new ArrayList<>();
    for (Step.State state : Step.State.values()) {
      notes.add(rule(TransportConditions.states(Set.of(state)), Marks.note(state)));
    }
    notes.add(rule(TransportConditions.way(Step.Way.REPLY), Marks.noteReply()));
    Condition error = new SetMark(0, Marks.ERROR);
    return List.of(
        new Base(
            PASSED, Base.NO_HOOK, 0, List.of(rule(Verdict.ACCEPT, new SetMark(0, Marks.PASSED)))),
        new Base(CONNECTION, Base.NO_HOOK, 0, List.copyOf(notes)),
        new Base(MARKED_FROM, PREROUTING, AFTER_TRACKING, marked(MARKED_FROM, ipv4)),
        new Base(MARKED_TO, FORWARD, AFTER_TRACKING, marked(MARKED_TO, ipv4)),
        new Base(
            "host_output",
            OUTPUT,
            LATE,
            List.of(
                rule(Verdict.ACCEPT, with(bridge, unreachable(ipv4), error)),
                rule(connection, bridge))),
        new Base(
            "host_forward", FORWARD, LATE, List.of(rule(connection, bridge, Marks.notPassed()))));
  }

  /** What the host says when a packet was rejected. */
  private static List<Condition> unreachable(boolean ipv4) {
    List<Condition> conditions =
        new ArrayList<>(TransportConditions.protocol(ipv4, ipv4 ? ICMP : ICMPV6));
    conditions.add(Compare.is(Subjects.icmpType(ipv4), ipv4 ? UNREACHABLE : UNREACHABLE_6));
    conditions.add(Compare.is(Subjects.icmpCode(ipv4), ipv4 ? PORT : PORT_6));
    return conditions;
  }

  private static Condition[] with(Condition first, List<Condition> next, Condition last) {
    List<Condition> all = new ArrayList<>(next);
    all.add(0, first);
    all.add(last);
    return all.toArray(Condition[]::new);
  }

  private static List<Rule> marked(String map, boolean ipv4) {
    return List.of(
        rule(Verdict.ACCEPT, new Known(Subjects.MARK, named(GENERATIONS, ipv4), true)),
        rule(new SetMark(Marks.PORT, 0)),
        rule(new Dispatch(Subjects.MARK, named(map, ipv4))));
  }

  private static List<Rule> judged(Subject index, String set) {
    return List.of(
        new Rule(
            List.of(new Member(index, Subjects.WIRE_TYPE, set, false), Marks.notPassed()),
            Verdict.DROP,
            "not let pass by transport rules"),
        rule(Marks.passed(), Marks.clearPassed()));
  }

  private static List<Rule> untagged(Subject index, String map) {
    return List.of(
        rule(Compare.is(Subjects.WIRE_TYPE, IPV4), new Dispatch(index, map)),
        rule(Compare.is(Subjects.WIRE_TYPE, IPV6), new Dispatch(index, map)));
  }

  private static List<Rule> tagged(Subject index, String map) {
    List<Rule> rules = new ArrayList<>();
    for (int type : List.of(IPV4, IPV6)) {
      rules.add(
          rule(
              Compare.is(Subjects.INNER_TYPE, type),
              Compare.is(Subjects.WIRE_TYPE, type).negatedIf(true),
              new Dispatch(index, map)));
    }
    return List.copyOf(rules);
  }

  private static byte[] kind(String name) {
    byte[] bytes = new byte[Subjects.OUT_KIND.length()];
    for (int i = 0; i < name.length(); i++) {
      bytes[i] = (byte) name.charAt(i);
    }
    return bytes;
  }

  private static Rule rule(Condition... conditions) {
    return rule(Verdict.NEXT, conditions);
  }

  private static Rule rule(Verdict verdict, Condition... conditions) {
    return new Rule(List.of(conditions), verdict, "");
  }
}
