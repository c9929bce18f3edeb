package org.virt.common.netlink;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.common.internal.Libc;

/**
 * A netlink socket of the network namespace that its opener runs in. Either requests go through it
 * ({@link #exchange}, by any thread, one after the other) or notices are heard on it ({@link
 * #listen}, by one thread, or {@link #hearPending}).
 */
public final class NetlinkSocket implements AutoCloseable {
  /** Protocol of links and addresses, rtnetlink(7). */
  public static final int ROUTE = 0;

  /** Protocol of the packet filter, nfnetlink. */
  public static final int NETFILTER = 12;

  private static final int DUMP_TRIES = 20;

  private final KernelDatagrams kernel;
  private final int wake;
  private boolean listening;
  private volatile boolean closed;

  private NetlinkSocket(KernelDatagrams kernel, int wake) {
    this.kernel = kernel;
    this.wake = wake;
  }

  /**
   * Opens a socket.
   *
   * @param protocol such as {@link #ROUTE}
   * @throws VirtException {@code SYSTEM_ERROR} when the kernel does not have the protocol
   */
  public static NetlinkSocket open(int protocol) throws VirtException {
    KernelDatagrams kernel = KernelDatagrams.open(protocol);
    int wake = Libc.eventfd(0, Libc.EFD_CLOEXEC);
    if (wake < 0) {
      VirtException failure = KernelDatagrams.failure("open an event counter");
      kernel.close();
      throw failure;
    }
    return new NetlinkSocket(kernel, wake);
  }

  /** Returns the number that the kernel knows this socket by. */
  public int port() {
    return kernel.port();
  }

  /** Has the kernel keep so many bytes for us until they are read, where it lets us. */
  public void queue(int bytes) {
    kernel.queue(bytes);
  }

  /** Hears the notices of a multicast group (RTNLGRP_*, NFNLGRP_*). */
  public void join(int group) throws VirtException {
    kernel.join(group);
  }

  /**
   * Sends all messages of the writer in one piece and collects what the kernel says to them. At
   * least the last request asks for an acknowledgement or is a dump. A dump that a change disturbed
   * is asked for again.
   *
   * @throws VirtException {@code SYSTEM_ERROR} when the exchange itself fails; what the kernel
   *     refuses is in the answer
   */
  public synchronized Answer exchange(NetlinkWriter writer) throws VirtException {
    for (int i = 0; i < DUMP_TRIES; i++) {
      requireOpen();
      kernel.send(writer);
      List<NetlinkMessage> messages = new ArrayList<>();
      List<NetlinkError> errors = new ArrayList<>();
      boolean disturbed = false;
      boolean answered = false;
      for (NetlinkMessage message : collect(errors)) {
        disturbed |= (message.flags() & NetlinkMessage.DUMP_INTERRUPTED) != 0;
        switch (message.type()) {
          case NetlinkMessage.ERROR, NetlinkMessage.DONE -> {
            answered = true;
            NetlinkError.of(message).ifPresent(errors::add);
          }
          default -> messages.add(message);
        }
      }
      if (!answered && errors.isEmpty()) {
        throw new VirtException(
            ErrorCode.SYSTEM_ERROR, "send a netlink request: the kernel did not answer");
      }
      if (!disturbed) {
        return new Answer(messages, errors);
      }
    }
    throw new VirtException(
        ErrorCode.SYSTEM_ERROR, "read from the kernel: the list changed while it was read");
  }

  /** Reads until nothing is left: the kernel has queued its answers when the send call returns. */
  private List<NetlinkMessage> collect(List<NetlinkError> errors) throws VirtException {
    List<NetlinkMessage> messages = new ArrayList<>();
    while (true) {
      int length = kernel.receive(Libc.MSG_DONTWAIT);
      if (length >= 0) {
        messages.addAll(NetlinkMessage.split(kernel.received()));
      } else if (-length == Libc.EAGAIN) {
        return messages;
      } else if (-length == Libc.ENOBUFS) {
        errors.add(new NetlinkError(Libc.ENOBUFS, 0, "answers were lost"));
      } else {
        throw KernelDatagrams.failure("read a netlink answer", -length);
      }
    }
  }

  /** Hears notices until the socket is closed. */
  public interface Listener {
    /** Takes a notice. */
    void heard(NetlinkMessage message);

    /** Notices were lost: what was known is to be read again. */
    void lost();
  }

  /**
   * Gives every notice to the listener; returns when the socket is closed.
   *
   * @throws VirtException {@code SYSTEM_ERROR} when the socket cannot be read any more
   */
  public void listen(Listener listener) throws VirtException {
    synchronized (this) {
      requireOpen();
      listening = true;
    }
    try {
      ByteBuffer entries = KernelDatagrams.direct(16);
      while (awaitNotice(entries)) {
        hear(listener);
      }
    } finally {
      release();
    }
  }

  /**
   * Gives the notices that have come to the listener, and waits for none.
   *
   * @throws VirtException {@code SYSTEM_ERROR} when the socket cannot be read any more
   */
  public synchronized void hearPending(Listener listener) throws VirtException {
    requireOpen();
    while (hear(listener)) {
      // until none is left
    }
  }

  /** Gives one datagram to the listener; returns false when there is none. */
  private boolean hear(Listener listener) throws VirtException {
    int length = kernel.receive(Libc.MSG_DONTWAIT);
    if (length >= 0) {
      NetlinkMessage.split(kernel.received()).forEach(listener::heard);
    } else if (-length == Libc.ENOBUFS) {
      listener.lost();
    } else if (-length == Libc.EAGAIN) {
      return false;
    } else {
      throw KernelDatagrams.failure("hear netlink notices", -length);
    }
    return true;
  }

  private boolean awaitNotice(ByteBuffer entries) throws VirtException {
    entries.putInt(0, kernel.descriptor()).putInt(8, wake);
    entries.putShort(4, (short) Libc.POLLIN).putShort(12, (short) Libc.POLLIN);
    while (!closed && Libc.poll(entries, 2, -1) < 0) {
      if (Libc.errno() != Libc.EINTR) {
        throw KernelDatagrams.failure("wait for netlink notices");
      }
    }
    return !closed;
  }

  /** Closes the socket; a thread in {@link #listen} returns. Closing it again does nothing. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (listening) {
      ByteBuffer one = KernelDatagrams.direct(Long.BYTES).putLong(0, 1);
      Libc.write(wake, one, Long.BYTES);
    } else {
      release();
    }
  }

  private synchronized void release() {
    closed = true;
    kernel.close();
    Libc.close(wake);
  }

  private void requireOpen() throws VirtException {
    if (closed) {
      throw new VirtException(ErrorCode.OPERATION_INVALID, "use a netlink socket: it is closed");
    }
  }
}
