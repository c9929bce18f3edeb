package org.virt.nwfilter.nftables.internal;

import java.util.List;
import org.virt.spi.nwfilter.AddressBinding;
import org.virt.spi.nwfilter.PortRef;

/** Rules in the kernel's terms; both the batch and the text are made from them. */
final class Code {
  private Code() {}

  /**
   * A rule.
   *
   * @param conditions all of them hold
   * @param verdict what is done then
   * @param comment where it comes from; empty for none
   */
  record Rule(List<Condition> conditions, Verdict verdict, String comment) {}

  /**
   * A chain.
   *
   * @param name unique within the table
   * @param comment what is kept with it; empty for none
   * @param rules looked at in this order
   */
  record Chain(String name, String comment, List<Rule> rules) {}

  /**
   * The chains of a port; the first one of each direction is entered.
   *
   * @param port the port
   * @param label what the first chain keeps, to be known again
   * @param addresses what its lookups find
   * @param outgoing for frames that the guest sends
   * @param incoming for frames towards the guest
   */
  record Program(
      PortRef port,
      Label label,
      List<AddressBinding> addresses,
      List<Chain> outgoing,
      List<Chain> incoming) {}
}
