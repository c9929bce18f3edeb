package org.virt.nwfilter.nftables.internal;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.common.netlink.Attributes;
import org.virt.common.netlink.NetlinkMessage;
import org.virt.common.netlink.NetlinkSocket;
import org.virt.spi.nwfilter.ChangeNotice;

/**
 * Hears what others do to our table, on a thread of its own. The kernel tells the parts of a
 * transaction and then its new generation, with the process that made it.
 */
final class ChangeWatch implements Subscription, NetlinkSocket.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(ChangeWatch.class);

  /** NFNLGRP_NFTABLES. */
  private static final int GROUP = 7;

  /** NFT_MSG_NEWGEN, with NFTA_GEN_PROC_PID and NFTA_GEN_PROC_NAME. */
  private static final int NEW_GENERATION = 15;

  private static final int PROCESS = 2;
  private static final int PROCESS_NAME = 3;
  private static final int FAMILY_HEADER = 4;

  private final NetlinkSocket socket;
  private final KernelTable table;
  private final ChangeNotice.Listener listener;
  private boolean changed;

  private ChangeWatch(NetlinkSocket socket, KernelTable table, ChangeNotice.Listener listener) {
    this.socket = socket;
    this.table = table;
    this.listener = listener;
  }

  static ChangeWatch start(KernelTable table, ChangeNotice.Listener listener) throws VirtException {
    NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.NETFILTER);
    try {
      socket.join(GROUP);
    } catch (VirtException e) {
      socket.close();
      throw e;
    }
    ChangeWatch watch = new ChangeWatch(socket, table, listener);
    Thread thread = new Thread(watch::run, "virt-nftables-changes");
    thread.setDaemon(true);
    thread.start();
    return watch;
  }

  private void run() {
    try {
      socket.listen(this);
    } catch (VirtException e) {
      LOG.warn("Changes of our nftables rules are not noticed any more: {}", e.getMessage());
    }
  }

  @Override
  public void heard(NetlinkMessage message) {
    if (message.type() >> Byte.SIZE != Batch.SUBSYSTEM) {
      return;
    }
    Attributes attributes = message.attributes(FAMILY_HEADER);
    if ((message.type() & 0xff) != NEW_GENERATION) {
      if (attributes.string(1).equals(Layout.TABLE) && !table.isOf(message.port())) {
        changed = true;
      }
    } else if (changed) {
      String name = attributes.string(PROCESS_NAME);
      changed = false;
      table.mistrust();
      listener.changed(
          name.isEmpty() ? "another process" : name + " (" + attributes.be32(PROCESS, 0) + ")");
    }
  }

  @Override
  public void lost() {
    changed = false;
    table.mistrust();
    listener.lost();
  }

  @Override
  public void close() {
    socket.close();
  }
}
