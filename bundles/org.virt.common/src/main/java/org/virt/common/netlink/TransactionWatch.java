package org.virt.common.netlink;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.Subscription;
import org.virt.api.VirtException;

/**
 * Hears what others change in nf_tables, on a thread of its own. The kernel tells the parts of a
 * transaction and then its new generation, with the process that made it.
 */
public final class TransactionWatch implements Subscription {
  private static final Logger LOG = LoggerFactory.getLogger(TransactionWatch.class);

  /** NFNLGRP_NFTABLES. */
  private static final int GROUP = 7;

  /** NFT_MSG_NEWGEN, with NFTA_GEN_PROC_PID and NFTA_GEN_PROC_NAME. */
  private static final int NEW_GENERATION = 15;

  private static final int PROCESS = 2;
  private static final int PROCESS_NAME = 3;

  /** What is done for a thousand ports is told rule by rule. */
  private static final int QUEUE_BYTES = 128 << 20;

  private final NetlinkSocket socket;

  private TransactionWatch(NetlinkSocket socket) {
    this.socket = socket;
  }

  /**
   * A part of a transaction.
   *
   * @param type kind of message: {@code NFT_MSG_*}
   * @param family of the table that it is about
   * @param about attributes of what is made or deleted
   * @param port number of the socket that asked for it
   */
  public record Part(int type, int family, Attributes about, int port) {}

  /** Who wants to know of changes; called on the watch's thread. */
  public interface Listener {
    /** Says whether a part of a transaction changes what is watched, by somebody else's hand. */
    boolean concerns(Part part);

    /** Says whether a process is none of somebody else's. */
    boolean isOwn(int process);

    /** Somebody else has changed something. */
    void changed(String who);

    /** Notices were lost: anything may have changed. */
    void lost();
  }

  /**
   * Begins to hear.
   *
   * @param thread name of the thread
   * @throws VirtException {@code SYSTEM_ERROR} when the kernel does not tell
   */
  public static TransactionWatch start(String thread, Listener listener) throws VirtException {
    NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.NETFILTER);
    try {
      socket.queue(QUEUE_BYTES);
      socket.join(GROUP);
    } catch (VirtException e) {
      socket.close();
      throw e;
    }
    Thread worker = new Thread(() -> run(socket, listener), thread);
    worker.setDaemon(true);
    worker.start();
    return new TransactionWatch(socket);
  }

  private static void run(NetlinkSocket socket, Listener listener) {
    try {
      socket.listen(new Ear(listener));
    } catch (VirtException e) {
      LOG.warn(
          "{}: changes of rules are not noticed any more: {}",
          Thread.currentThread().getName(),
          e.getMessage());
    }
  }

  /** Ends hearing. */
  @Override
  public void close() {
    socket.close();
  }

  /** Puts the parts of a transaction together. */
  static final class Ear implements NetlinkSocket.Listener {
    private final Listener listener;
    private boolean changed;

    Ear(Listener listener) {
      this.listener = listener;
    }

    @Override
    public void heard(NetlinkMessage message) {
      if (message.type() >> Byte.SIZE != TableMessages.SUBSYSTEM) {
        return;
      }
      int type = message.type() & 0xff;
      Attributes about = message.attributes(TableMessages.HEADER);
      if (type == NEW_GENERATION) {
        int process = about.be32(PROCESS, 0);
        if (changed && !listener.isOwn(process)) {
          String name = about.string(PROCESS_NAME);
          listener.changed(name.isEmpty() ? "another process" : name + " (" + process + ")");
        }
        changed = false;
      } else if (!changed) {
        int family = message.payload().get(0);
        changed = listener.concerns(new Part(type, family, about, message.port()));
      }
    }

    @Override
    public void lost() {
      changed = false;
      listener.lost();
    }
  }
}
