package org.virt.nwfilter.ebtables.internal;

import org.virt.common.netlink.Attributes;
import org.virt.common.netlink.TableMessages;
import org.virt.common.netlink.TransactionWatch;
import org.virt.spi.nwfilter.ChangeNotice;

/**
 * Tells of what others do to our chains: the tools for nf_tables change what the kernel tells
 * everybody of. That of a tool which we run is known by its process.
 *
 * @param rules ours
 * @param listener who is told
 */
record ChangeWatch(HostRules rules, ChangeNotice.Listener listener)
    implements TransactionWatch.Listener {

  @Override
  public boolean concerns(TransactionWatch.Part part) {
    if (rules.isOwn(part.port())) {
      return false;
    }
    Attributes about = part.about();
    String table = about.string(1);
    if (table.equals(GateLayout.TABLE)) {
      return true;
    }
    for (Family tool : Family.values()) {
      if (tool.number() == part.family() && tool.table().equals(table)) {
        return switch (part.type()) {
          case TableMessages.DELETE_TABLE -> true;
          case TableMessages.NEW_CHAIN, TableMessages.DELETE_CHAIN -> isOurs(about.string(3));
          case TableMessages.NEW_RULE -> isOurs(about.string(2));
          case TableMessages.DELETE_RULE -> isOurs(about.string(2)) || leadsToUs(about);
          default -> false;
        };
      }
    }
    return false;
  }

  private static boolean isOurs(String chain) {
    return chain.startsWith(Label.COMMON) || Label.baseOf(chain).isPresent();
  }

  private static boolean leadsToUs(Attributes rule) {
    return Messages.jumps(rule).stream().anyMatch(target -> target.startsWith(Label.COMMON));
  }

  @Override
  public boolean isOwn(int process) {
    return rules.isOwn(process);
  }

  @Override
  public void changed(String who) {
    rules.mistrust();
    listener.changed(who);
  }

  @Override
  public void lost() {
    if (!rules.isWhole()) {
      rules.mistrust();
      listener.lost();
    }
  }
}
