package org.virt.nwfilter.ebtables.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virt.api.HostCheck.Finding;
import org.virt.api.HostCheck.Result;
import org.virt.api.VirtException;
import org.virt.common.process.Command;
import org.virt.spi.nwfilter.Protocol;

/** Looks at what the host has of the tools and of what they need. */
final class Probe {
  private static final String SUBJECT = "nwfilter.ebtables";
  private static final String CONNTRACK =
      """
      *filter
      :org-virt-probe - [0:0]
      -A org-virt-probe -m conntrack --ctstate NEW -m physdev --physdev-is-in -j REJECT
      COMMIT
      """;

  private Probe() {}

  static List<Finding> run() {
    List<Finding> findings = new ArrayList<>();
    findings.add(frames());
    findings.add(packets(Family.IPV4));
    findings.add(packets(Family.IPV6));
    findings.add(bridged(Protocol.Layer.IPV4));
    findings.add(bridged(Protocol.Layer.IPV6));
    return findings;
  }

  /** The tool cannot only try: it is given nothing to do. */
  private static Finding frames() {
    String what = Family.BRIDGE.restore();
    return failure(Command.of(what, "--noflush").withInput("# nothing\n"))
        .map(f -> new Finding(SUBJECT, what, Result.FAIL, f, "apt-get install ebtables; root"))
        .orElseGet(() -> new Finding(SUBJECT, what, Result.PASS, "there", ""));
  }

  /** Has the tool try rules on the kernel, which puts none in place. */
  private static Finding packets(Family family) {
    String what = family.restore();
    String remedy = "apt-get install iptables; until then no rules about packets";
    return failure(Command.of(what, "--noflush", "--test").withInput(CONNTRACK))
        .map(f -> new Finding(SUBJECT, what, Result.WARN, f, remedy))
        .orElseGet(() -> new Finding(SUBJECT, what, Result.PASS, "there", ""));
  }

  private static Optional<String> failure(Command command) {
    try {
      var result = command.run();
      return result.ok() ? Optional.empty() : Optional.of(result.reason());
    } catch (VirtException e) {
      return Optional.of(e.getMessage());
    }
  }

  private static Finding bridged(Protocol.Layer layer) {
    String what = Host.setting(layer).getFileName().toString();
    return Host.isBridged(layer)
        ? new Finding(SUBJECT, what, Result.PASS, "on: rules about packets work", "")
        : new Finding(
            SUBJECT,
            what,
            Result.WARN,
            "off: rules about packets (tcp, udp, all, …) are refused",
            "bridge.netfilter = true in org.virt.nwfilter.ebtables.cfg, or sysctl -w net.bridge."
                + what
                + "=1 with the module br_netfilter");
  }
}
