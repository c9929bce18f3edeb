package org.virt.nwfilter.nftables.internal;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.common.net.BridgeNetfilter;
import org.virt.nwfilter.nftables.internal.TransportLayout.Part;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Protocol.Layer;
import org.virt.spi.nwfilter.Step;
import org.virt.spi.nwfilter.Step.Action;

/**
 * Chooses where a program's transport rules judge packets: in the bridge where the kernel can do
 * all of it there, else in the hooks of IP where bridged packets are led through these.
 */
final class PathChooser {
  private static final Set<Field> OF_CONNECTIONS = EnumSet.of(Field.CONNECTION_LIMIT, Field.IP_SET);

  private final Supplier<Probe> kernel;
  private final BridgeNetfilter netfilter;
  private final Answers answers;
  private volatile Probe known;

  PathChooser(Supplier<Probe> kernel, BridgeNetfilter netfilter, Answers answers) {
    this.kernel = kernel;
    this.netfilter = netfilter;
    this.answers = answers;
  }

  /** Asks the kernel anew next time: after a failure it may be another one's fault. */
  void forget() {
    known = null;
  }

  /**
   * Chooses for a program; {@link Part#STATEFUL} when it has no transport rules.
   *
   * @throws VirtException {@code CONFIG_UNSUPPORTED} with the port and what is missing
   */
  Part choose(PortProgram program) throws VirtException {
    Program rules = program.program();
    if (!rules.hasTransport()) {
      return Part.STATEFUL;
    }
    List<String> missing = missingInBridge(rules);
    if (missing.isEmpty()) {
      return Part.STATEFUL;
    }
    List<String> off = switchedOff(rules);
    if (!off.isEmpty()) {
      throw refusal(
          program,
          "transport rules need "
              + String.join(" and ", missing)
              + ", or "
              + String.join(" and ", off)
              + " = 1 (sysctl, or bridge.netfilter = true in this technique's configuration)");
    }
    if (program.port().index() > Marks.LARGEST_INDEX) {
      throw refusal(program, "an interface index of more than 24 bits fits into no mark");
    }
    answers.require(program);
    return Part.MARKED;
  }

  /**
   * Looks whether all transport rules can be judged at a device that is in no bridge.
   *
   * @throws VirtException {@code CONFIG_UNSUPPORTED} with the port and the first rule that cannot
   */
  Part direct(PortProgram program) throws VirtException {
    for (Step.Rule rule : all(program.program()).toList()) {
      if (!rule.connection().equals(Step.Connection.ANY)
          || rule.matches().stream().anyMatch(match -> OF_CONNECTIONS.contains(match.field()))) {
        throw refusal(
            program,
            rule,
            "connections and ipsets are not known at a macvtap (statematch='false')");
      }
      if (rule.action() == Action.REJECT) {
        throw refusal(program, rule, "reject cannot answer at a macvtap; drop tells nobody");
      }
    }
    return Part.DIRECT;
  }

  private List<String> missingInBridge(Program rules) {
    Probe probe = known;
    if (probe == null) {
      probe = kernel.get();
      known = probe;
    }
    List<String> missing = new ArrayList<>();
    if (!probe.conntrack()) {
      missing.add("connection tracking of bridges (CONFIG_NF_CONNTRACK_BRIDGE)");
    }
    if (has(rules.transportOutgoing(), Action.REJECT) && !probe.reject()) {
      missing.add("reject in bridges (CONFIG_NFT_BRIDGE_REJECT)");
    }
    if (has(rules.transportIncoming(), Action.REJECT)) {
      missing.add("reject of packets towards guests (no kernel has that in bridges)");
    }
    if (all(rules).anyMatch(PathChooser::usesIpSet)) {
      missing.add("ipsets in bridges (no kernel has that)");
    }
    return missing;
  }

  private List<String> switchedOff(Program rules) {
    Set<Layer> layers = EnumSet.noneOf(Layer.class);
    all(rules).forEach(rule -> layers.add(rule.protocol().layer()));
    List<String> off = new ArrayList<>();
    if (layers.contains(Layer.IPV4) && !netfilter.isOn(BridgeNetfilter.IPV4)) {
      off.add(BridgeNetfilter.IPV4);
    }
    if (layers.contains(Layer.IPV6) && !netfilter.isOn(BridgeNetfilter.IPV6)) {
      off.add(BridgeNetfilter.IPV6);
    }
    return off;
  }

  /** Says whether a rule looks into an ipset, whose number in the kernel may change. */
  static boolean usesIpSet(Step.Rule rule) {
    return rule.matches().stream().anyMatch(match -> match.field() == Field.IP_SET);
  }

  static Stream<Step.Rule> all(Program rules) {
    return Stream.concat(rules.transportOutgoing().stream(), rules.transportIncoming().stream());
  }

  private static boolean has(List<Step.Rule> rules, Action action) {
    return rules.stream().anyMatch(rule -> rule.action() == action);
  }

  private static VirtException refusal(PortProgram program, String reason) {
    return refusal(program, all(program.program()).findFirst().orElseThrow(), reason);
  }

  private static VirtException refusal(PortProgram program, Step.Rule rule, String reason) {
    return new VirtException(
        ErrorCode.CONFIG_UNSUPPORTED,
        "translate to nftables for port " + program.port() + ": " + rule.origin() + ": " + reason);
  }
}
