package org.virt.nwfilter.ebtables.internal;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.common.netlink.Attributes;
import org.virt.common.netlink.NetlinkMessage;
import org.virt.common.netlink.NetlinkSocket;
import org.virt.spi.nwfilter.ChangeNotice;

/**
 * Hears what others do to our chains, on a thread of its own: the tools for nf_tables change what
 * the kernel tells everybody of. It tells the parts of a transaction and then its new generation,
 * with the process that made it; that of a tool which we run is known.
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

  /** What a tool does for a thousand ports is told rule by rule. */
  private static final int QUEUE_BYTES = 128 << 20;

  private final NetlinkSocket socket;
  private final HostRules rules;
  private final ChangeNotice.Listener listener;
  private boolean changed;

  private ChangeWatch(NetlinkSocket socket, HostRules rules, ChangeNotice.Listener listener) {
    this.socket = socket;
    this.rules = rules;
    this.listener = listener;
  }

  static ChangeWatch start(HostRules rules, ChangeNotice.Listener listener) throws VirtException {
    NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.NETFILTER);
    try {
      socket.queue(QUEUE_BYTES);
      socket.join(GROUP);
    } catch (VirtException e) {
      socket.close();
      throw e;
    }
    ChangeWatch watch = new ChangeWatch(socket, rules, listener);
    Thread thread = new Thread(watch::run, "virt-ebtables-changes");
    thread.setDaemon(true);
    thread.start();
    return watch;
  }

  private void run() {
    try {
      socket.listen(this);
    } catch (VirtException e) {
      LOG.warn("Changes of our ebtables rules are not noticed any more: {}", e.getMessage());
    }
  }

  @Override
  public void heard(NetlinkMessage message) {
    if (message.type() >> Byte.SIZE != Messages.SUBSYSTEM) {
      return;
    }
    int type = message.type() & 0xff;
    if (type == NEW_GENERATION) {
      Attributes generation = message.attributes(FAMILY_HEADER);
      if (changed && !rules.isOwn(generation.be32(PROCESS, 0))) {
        String name = generation.string(PROCESS_NAME);
        rules.mistrust();
        listener.changed(
            name.isEmpty() ? "another process" : name + " (" + generation.be32(PROCESS, 0) + ")");
      }
      changed = false;
    } else if (!changed && !rules.isOwn(message.port())) {
      int family = message.payload().get(0);
      changed = concerns(type, family, message.attributes(FAMILY_HEADER));
    }
  }

  private static boolean concerns(int type, int family, Attributes about) {
    String table = about.string(1);
    if (table.equals(GateLayout.TABLE)) {
      return true;
    }
    for (Family tool : Family.values()) {
      if (tool.number() == family && tool.table().equals(table)) {
        return switch (type) {
          case Messages.DELETE_TABLE -> true;
          case Messages.NEW_CHAIN, Messages.DELETE_CHAIN -> isOurs(about.string(3));
          case Messages.NEW_RULE -> isOurs(about.string(2));
          case Messages.DELETE_RULE -> isOurs(about.string(2)) || leadsToUs(about);
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
  public void lost() {
    changed = false;
    if (!rules.isWhole()) {
      rules.mistrust();
      listener.lost();
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
