package org.virt.nwfilter.ebtables.internal;

import java.util.List;

/**
 * A tool and the table that it changes. Debian's names: the plain ones may lead to the older tools,
 * whose rules stand elsewhere.
 */
enum Family {
  BRIDGE(
      "ebtables",
      "nat",
      7,
      "-i ",
      "-o ",
      List.of(
          new Hook("PREROUTING", "", Label.OUT),
          new Hook("OUTPUT", "-d 01:00:00:00:00:00/01:00:00:00:00:00 ", Label.IN),
          new Hook("POSTROUTING", "", Label.IN))),
  IPV4("iptables", "filter", 2, "", "", Hook.TRANSPORT),
  IPV6("ip6tables", "filter", 10, "", "", Hook.TRANSPORT);

  private final String tool;
  private final String table;
  private final int number;
  private final String from;
  private final String to;
  private final List<Hook> hooks;

  Family(String tool, String table, int number, String from, String to, List<Hook> hooks) {
    this.tool = tool;
    this.table = table;
    this.number = number;
    this.from = from.isEmpty() ? "-m physdev --physdev-in " : from;
    this.to = to.isEmpty() ? "-m physdev --physdev-out " : to;
    this.hooks = hooks;
  }

  /**
   * A jump in a chain of the kernel's own.
   *
   * @param chain that chain
   * @param condition which packets; ends with a space unless it is empty
   * @param direction of the rules that are looked at: {@link Label#OUT} or {@link Label#IN}
   */
  record Hook(String chain, String condition, String direction) {
    private static final List<Hook> TRANSPORT =
        List.of(
            new Hook("INPUT", "-m physdev --physdev-is-in ", Label.OUT),
            new Hook("FORWARD", "-m physdev --physdev-is-bridged ", Label.IN),
            new Hook("FORWARD", "-m physdev --physdev-is-in ", Label.OUT));
  }

  String tool() {
    return tool;
  }

  String restore() {
    return tool + "-nft-restore";
  }

  String table() {
    return table;
  }

  /** Returns the kernel's number: {@code NFPROTO_*}. */
  int number() {
    return number;
  }

  List<Hook> hooks() {
    return hooks;
  }

  /** Returns the condition that packets of a direction belong to the ports of a name. */
  String port(String direction, String name) {
    return (direction.equals(Label.OUT) ? from : to) + Words.quoted(name) + ' ';
  }
}
