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
 * transport rules is marked before that, judged in our table of family inet by its mark, and
 * dropped behind that unless it was found to pass. So it is dropped as well when {@code
 * br_netfilter} is switched off or our other table taken away. What the host itself sends to a port
 * comes that way never: it is marked in inet with what it is to its connection, and judged in the
 * bridge by that.
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

  /** In family inet: marks that are valid now; and by port what it has. */
  static final String GENERATIONS = "generations";

  static final String MARKED_FROM = "marked_from";
  static final String MARKED_TO = "marked_to";
  static final String MARKED_MACS = "marked_macs";
  static final String MARKED_ADDRESSES4 = "marked_addresses4";
  static final String MARKED_ADDRESSES6 = "marked_addresses6";

  /** The chain of family inet that packets go to that may pass. */
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

  /** One of the ways that transport rules go. */
  enum Part {
    /** Packets behind a tag, on either way. */
    TAGGED(
        List.of(
            new PortSet(TAGGED_FROM, Batch.BRIDGE, Data.VERDICT, KeyPart.INDEX),
            new PortSet(TAGGED_TO, Batch.BRIDGE, Data.VERDICT, KeyPart.INDEX)),
        List.of(
            new Base("tagged_from", PREROUTING, -299, tagged(Subjects.IN_INDEX, TAGGED_FROM)),
            new Base("tagged_to", POSTROUTING, -299, tagged(Subjects.OUT_INDEX, TAGGED_TO))),
        List.of()),
    /** Packets that the bridge tracks. */
    STATEFUL(
        List.of(
            new PortSet(STATEFUL_FROM, Batch.BRIDGE, Data.VERDICT, KeyPart.INDEX),
            new PortSet(STATEFUL_TO, Batch.BRIDGE, Data.VERDICT, KeyPart.INDEX)),
        List.of(
            new Base("stateful_from", PREROUTING, 0, untagged(Subjects.IN_INDEX, STATEFUL_FROM)),
            new Base("stateful_to", POSTROUTING, -297, untagged(Subjects.OUT_INDEX, STATEFUL_TO))),
        List.of()),
    /** Packets that {@code br_netfilter} leads through the hooks of IP. */
    MARKED(markedSets(), markedBridge(), markedInet());

    private final List<PortSet> sets;
    private final List<Base> bridge;
    private final List<Base> inet;

    Part(List<PortSet> sets, List<Base> bridge, List<Base> inet) {
      this.sets = sets;
      this.bridge = bridge;
      this.inet = inet;
    }

    List<PortSet> sets() {
      return sets;
    }

    /** Returns the first chains of a family. */
    List<Base> chains(int family) {
      return family == Batch.BRIDGE ? bridge : inet;
    }
  }

  private TransportLayout() {}

  /** Returns all sets and maps with elements of ports, whether they are there or not, by name. */
  static Map<String, PortSet> sets() {
    return All.SETS;
  }

  /** All sets; they need the parts, which need the names above. */
  private static final class All {
    private static final Map<String, PortSet> SETS = all();

    private static Map<String, PortSet> all() {
      Map<String, PortSet> sets = new LinkedHashMap<>();
      Layout.SETS.forEach(set -> sets.put(set.name(), set));
      for (Part part : Part.values()) {
        part.sets().forEach(set -> sets.put(set.name(), set));
      }
      return Collections.unmodifiableMap(sets);
    }
  }

  private static List<PortSet> markedSets() {
    return List.of(
        new PortSet(MARK_FROM, Batch.BRIDGE, Data.MARK, KeyPart.INDEX, KeyPart.ETHER_TYPE),
        new PortSet(MARK_TO, Batch.BRIDGE, Data.MARK, KeyPart.INDEX, KeyPart.ETHER_TYPE),
        new PortSet(JUDGED_FROM, Batch.BRIDGE, Data.NOTHING, KeyPart.INDEX, KeyPart.ETHER_TYPE),
        new PortSet(JUDGED_TO, Batch.BRIDGE, Data.NOTHING, KeyPart.INDEX, KeyPart.ETHER_TYPE),
        new PortSet(HOST_TO, Batch.BRIDGE, Data.VERDICT, KeyPart.INDEX),
        new PortSet(GENERATIONS, Batch.INET, Data.NOTHING, KeyPart.MARK),
        new PortSet(MARKED_FROM, Batch.INET, Data.VERDICT, KeyPart.MARK),
        new PortSet(MARKED_TO, Batch.INET, Data.VERDICT, KeyPart.MARK),
        new PortSet(MARKED_MACS, Batch.INET, Data.NOTHING, KeyPart.MARK, KeyPart.MAC),
        new PortSet(MARKED_ADDRESSES4, Batch.INET, Data.NOTHING, KeyPart.MARK, KeyPart.IPV4)
            .withTimes(),
        new PortSet(MARKED_ADDRESSES6, Batch.INET, Data.NOTHING, KeyPart.MARK, KeyPart.IPV6)
            .withTimes());
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

  private static List<Base> markedInet() {
    Compare bridge = Compare.is(Subjects.OUT_KIND, kind("bridge"));
    Verdict connection = Verdict.goTo(CONNECTION);
    List<Rule> notes = new ArrayList<>();
    for (Step.State state : Step.State.values()) {
      notes.add(rule(TransportConditions.states(Set.of(state)), Marks.note(state)));
    }
    notes.add(rule(TransportConditions.way(Step.Way.REPLY), Marks.noteReply()));
    SetMark error = new SetMark(0, Marks.ERROR);
    return List.of(
        new Base(
            PASSED, Base.NO_HOOK, 0, List.of(rule(Verdict.ACCEPT, new SetMark(0, Marks.PASSED)))),
        new Base(CONNECTION, Base.NO_HOOK, 0, List.copyOf(notes)),
        new Base("marked_from", PREROUTING, AFTER_TRACKING, marked(MARKED_FROM)),
        new Base("marked_to", FORWARD, AFTER_TRACKING, marked(MARKED_TO)),
        new Base(
            "host_output",
            OUTPUT,
            LATE,
            List.of(
                rule(Verdict.ACCEPT, with(bridge, Icmp.unreachable(true), error)),
                rule(Verdict.ACCEPT, with(bridge, Icmp.unreachable(false), error)),
                rule(connection, bridge))),
        new Base(
            "host_forward", FORWARD, LATE, List.of(rule(connection, bridge, Marks.notPassed()))));
  }

  /** What the host says when a packet was rejected. */
  private static final class Icmp {
    private static final int UNREACHABLE = 3;
    private static final int UNREACHABLE_6 = 1;
    private static final int PORT = 3;
    private static final int PORT_6 = 4;

    static List<Condition> unreachable(boolean ipv4) {
      List<Condition> conditions =
          new ArrayList<>(TransportConditions.protocol(ipv4, ipv4 ? 1 : 58));
      conditions.add(0, TransportConditions.inFamily(ipv4));
      conditions.add(Compare.is(Subjects.icmpType(ipv4), ipv4 ? UNREACHABLE : UNREACHABLE_6));
      conditions.add(Compare.is(Subjects.icmpCode(ipv4), ipv4 ? PORT : PORT_6));
      return conditions;
    }
  }

  private static Condition[] with(Condition first, List<Condition> next, Condition last) {
    List<Condition> all = new ArrayList<>(next);
    all.add(0, first);
    all.add(last);
    return all.toArray(Condition[]::new);
  }

  private static List<Rule> marked(String map) {
    return List.of(
        rule(Verdict.ACCEPT, new Known(Subjects.MARK, GENERATIONS, true)),
        rule(new SetMark(Marks.PORT, 0)),
        rule(new Dispatch(Subjects.MARK, map)));
  }

  private static List<Rule> judged(Subject index, String set) {
    return List.of(
        rule(Verdict.DROP, new Member(index, Subjects.WIRE_TYPE, set, false), Marks.notPassed()),
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
