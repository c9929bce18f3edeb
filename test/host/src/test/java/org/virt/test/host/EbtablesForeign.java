package org.virt.test.host;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.stream.Collectors;
import org.virt.api.VirtException;
import org.virt.common.process.Command;
import org.virt.common.process.Result;

/** Rules of somebody else in the tables of ebtables, iptables and ip6tables. */
final class EbtablesForeign implements Foreign {
  private static final List<String> TOOLS = List.of("iptables", "ip6tables");
  private static final List<String> HOOKS = List.of("PREROUTING", "OUTPUT", "POSTROUTING");
  private static final String FRAME = " -p 0x9999 -j DROP";
  private static final String PACKET = " -p tcp --dport 9999 -j DROP";

  @Override
  public void put() throws VirtException {
    for (String tool : List.of("ebtables-nft-restore", "iptables-nft-restore")) {
      Result found = Command.of("sh", "-c", "command -v " + tool).run();
      assumeTrue(found.ok(), tool + " is missing: apt-get install ebtables iptables");
    }
    change("-A");
  }

  @Override
  public void remove() throws VirtException {
    change("-D");
  }

  private static void change(String operation) throws VirtException {
    for (String hook : HOOKS) {
      run("ebtables -t nat " + operation + " " + hook + FRAME);
    }
    for (String tool : TOOLS) {
      run(tool + " " + operation + " FORWARD" + PACKET);
      run(tool + " " + operation + " INPUT" + PACKET);
    }
  }

  private static void run(String line) throws VirtException {
    Command.of(List.of(line.split(" "))).require();
  }

  @Override
  public String list() throws VirtException {
    String all =
        Command.of("ebtables-save").require()
            + Command.of("iptables-save").require()
            + Command.of("ip6tables-save").require();
    return all.lines()
        .filter(line -> line.startsWith("-"))
        .filter(line -> !line.contains("org-virt-") && !line.startsWith("-A V"))
        .collect(Collectors.joining("\n"));
  }
}
