package org.virt.common.net;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.common.netlink.NetlinkMessage;
import org.virt.common.netlink.NetlinkSocket;

/** Hears the kernel's notices about links on a thread of its own, until it is closed. */
final class LinkWatch implements Subscription, NetlinkSocket.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(LinkWatch.class);
  private static final int GROUP_LINK = 1;

  private final NetlinkSocket socket;
  private final LinkListener listener;

  private LinkWatch(NetlinkSocket socket, LinkListener listener) {
    this.socket = socket;
    this.listener = listener;
  }

  static LinkWatch start(LinkListener listener) throws VirtException {
    NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE);
    try {
      socket.join(GROUP_LINK);
    } catch (VirtException e) {
      socket.close();
      throw e;
    }
    LinkWatch watch = new LinkWatch(socket, listener);
    Thread thread = new Thread(watch::run, "virt-common-links");
    thread.setDaemon(true);
    thread.start();
    return watch;
  }

  private void run() {
    try {
      socket.listen(this);
    } catch (VirtException e) {
      LOG.warn("Changes of interfaces are not noticed any more: {}", e.getMessage());
    }
  }

  @Override
  public void heard(NetlinkMessage message) {
    Optional<Link> link = LinkMessages.read(message);
    if (link.isPresent()) {
      tell(
          () -> {
            if (message.type() == LinkMessages.DELETED) {
              listener.removed(link.get().index(), link.get().name());
            } else {
              listener.changed(link.get());
            }
          });
    }
  }

  @Override
  public void lost() {
    tell(listener::resync);
  }

  private static void tell(Runnable news) {
    try {
      news.run();
    } catch (RuntimeException e) {
      LOG.warn("A listener failed on a change of an interface", e);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
