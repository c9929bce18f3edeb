package org.virt.common.net;

import java.util.Optional;
import org.virt.api.VirtException;
import org.virt.common.netlink.NetlinkMessage;
import org.virt.common.netlink.NetlinkSocket;

/**
 * The kernel's notices about links and their addresses, for who asks whether any have come: what it
 * knows of links is then as new as if it were read, at the cost of one system call.
 */
public final class LinkNotices implements AutoCloseable {
  private static final int GROUP_LINK = 1;
  private static final int GROUP_IPV4_ADDRESS = 5;
  private static final int GROUP_IPV6_ADDRESS = 9;

  private final NetlinkSocket socket;

  private LinkNotices(NetlinkSocket socket) {
    this.socket = socket;
  }

  /** Hears what a notice says. */
  public interface Listener {
    /** A link was made or changed. */
    void changed(Link link);

    /** A link is gone. */
    void removed(int index);

    /** A link has an address more or less. */
    void addressesChanged();

    /** Notices were lost: nothing that is known holds any more. */
    void lost();
  }

  /**
   * Begins to collect notices.
   *
   * @throws VirtException {@code SYSTEM_ERROR}
   */
  public static LinkNotices open() throws VirtException {
    NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE);
    try {
      socket.join(GROUP_LINK);
      socket.join(GROUP_IPV4_ADDRESS);
      socket.join(GROUP_IPV6_ADDRESS);
    } catch (VirtException e) {
      socket.close();
      throw e;
    }
    return new LinkNotices(socket);
  }

  /**
   * Tells the listener what has come since the last time; does not wait.
   *
   * @throws VirtException {@code SYSTEM_ERROR} when nothing can be heard any more
   */
  public void tell(Listener listener) throws VirtException {
    socket.hearPending(new Translation(listener));
  }

  private record Translation(Listener listener) implements NetlinkSocket.Listener {
    @Override
    public void heard(NetlinkMessage message) {
      if (AddressMessages.isChange(message)) {
        listener.addressesChanged();
      }
      Optional<Link> link = LinkMessages.read(message);
      if (link.isPresent() && message.type() == LinkMessages.DELETED) {
        listener.removed(link.get().index());
      } else {
        link.ifPresent(listener::changed);
      }
    }

    @Override
    public void lost() {
      listener.lost();
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
