package org.virt.nwfilter.nftables.internal;

import org.virt.common.netlink.TransactionWatch;
import org.virt.spi.nwfilter.ChangeNotice;

/**
 * Tells of what others do to our table.
 *
 * @param table ours
 * @param listener who is told
 */
record ChangeWatch(KernelTable table, ChangeNotice.Listener listener)
    implements TransactionWatch.Listener {

  @Override
  public boolean concerns(TransactionWatch.Part part) {
    return part.about().string(1).equals(Layout.TABLE) && !table.isOf(part.port());
  }

  /** Whoever it is asks by another socket than ours. */
  @Override
  public boolean isOwn(int process) {
    return false;
  }

  @Override
  public void changed(String who) {
    table.mistrust();
    listener.changed(who);
  }

  @Override
  public void lost() {
    table.mistrust();
    listener.lost();
  }
}
