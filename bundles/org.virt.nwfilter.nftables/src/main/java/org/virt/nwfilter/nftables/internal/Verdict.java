package org.virt.nwfilter.nftables.internal;

/**
 * What a rule does: numbers of linux/netfilter.h and {@code enum nft_verdicts}.
 *
 * @param code the kernel's number
 * @param chain name of the chain that is jumped to; empty for none
 */
record Verdict(int code, String chain) {
  static final Verdict DROP = new Verdict(0, "");
  static final Verdict ACCEPT = new Verdict(1, "");
  static final Verdict NEXT = new Verdict(-1, "");
  static final Verdict RETURN = new Verdict(-5, "");

  /** Drops a packet and tells its sender that the port cannot be reached; numbers of our own. */
  static final Verdict REJECT_IPV4 = new Verdict(-100, "");

  static final Verdict REJECT_IPV6 = new Verdict(-101, "");

  private static final int JUMP = -3;
  private static final int GOTO = -4;

  static Verdict jump(String chain) {
    return new Verdict(JUMP, chain);
  }

  static Verdict goTo(String chain) {
    return new Verdict(GOTO, chain);
  }

  /** Returns it with the name of its chain put into a group, if it is a program's own. */
  Verdict inGroup(String group) {
    return new Verdict(code, GroupName.with(group, chain));
  }

  /** Returns it as nft writes it. */
  String text() {
    return switch (code) {
      case 0 -> "drop";
      case 1 -> "accept";
      case -1 -> "";
      case JUMP -> "jump " + chain;
      case GOTO -> "goto " + chain;
      case -100 -> "reject with icmp port-unreachable";
      case -101 -> "reject with icmpv6 port-unreachable";
      default -> "return";
    };
  }
}
