package org.virt.common.netlink;

import static org.virt.common.internal.Libc.AF_NETLINK;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

  private static final int SOL_SOCKET = 1;
  private static final int SO_SNDBUFFORCE = 32;
  private static final int SO_RCVBUFFORCE = 33;
  private static final int SOL_NETLINK = 270;
  private static final int NETLINK_ADD_MEMBERSHIP = 1;
  private static final int NETLINK_CAP_ACK = 10;
  private static final int NETLINK_EXT_ACK = 11;

  private static final int ADDRESS_LENGTH = 12;
  private static final int PORT_OFFSET = 4;
  private static final int RECEIVE_BYTES = 1 << 16;

  /** Most requests are shorter: for them no memory is asked for. */
  private static final int SEND_BYTES = 1 << 12;

  private static final int QUEUE_BYTES = 4 << 20;
  private static final int DUMP_TRIES = 20;

  /** Overhead of the kernel's on the send buffer's size (af_netlink.c). */
  private static final int SEND_RESERVE = 1 << 12;

  private final int socket;
  private final int wake;
  private final int port;
  private final ByteBuffer kernel = address();
  private final ByteBuffer sender = address();
  private final ByteBuffer received = direct(RECEIVE_BYTES);
  private final ByteBuffer sent = direct(SEND_BYTES);
  private final ByteBuffer senderLength = direct(Integer.BYTES);
  private int sendLimit;
  private boolean listening;
  private volatile boolean closed;

  private NetlinkSocket(int socket, int wake) throws VirtException {
    this.socket = socket;
    this.wake = wake;
    check(Libc.bind(socket, kernel, ADDRESS_LENGTH), "bind a netlink socket");
    ByteBuffer own = address();
    check(
        Libc.getsockname(socket, own, direct(Integer.BYTES).putInt(0, ADDRESS_LENGTH)),
        "name a netlink socket");
    port = own.getInt(PORT_OFFSET);
    option(SOL_NETLINK, NETLINK_CAP_ACK, 1);
    option(SOL_NETLINK, NETLINK_EXT_ACK, 1);
    // Refused without CAP_NET_ADMIN: the kernel's default size serves then.
    setOption(SOL_SOCKET, SO_RCVBUFFORCE, QUEUE_BYTES);
  }

  /**
   * Opens a socket.
   *
   * @param protocol such as {@link #ROUTE}
   * @throws VirtException {@code SYSTEM_ERROR} when the kernel does not have the protocol
   */
  public static NetlinkSocket open(int protocol) throws VirtException {
    int socket = Libc.socket(AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, protocol);
    check(socket, "open a netlink socket of protocol " + protocol);
    int wake = Libc.eventfd(0, Libc.EFD_CLOEXEC);
    if (wake < 0) {
      VirtException failure = failure("open an event counter");
      Libc.close(socket);
      throw failure;
    }
    try {
      return new NetlinkSocket(socket, wake);
    } catch (VirtException e) {
      Libc.close(socket);
      Libc.close(wake);
      throw e;
    }
  }

  /** Returns the number that the kernel knows this socket by. */
  public int port() {
    return port;
  }

  /** Has the kernel keep so many bytes for us until they are read, where it lets us. */
  public void queue(int bytes) {
    setOption(SOL_SOCKET, SO_RCVBUFFORCE, bytes);
  }

  /** Hears the notices of a multicast group (RTNLGRP_*, NFNLGRP_*). */
  public void join(int group) throws VirtException {
    option(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group);
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
      send(writer);
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
      int length = receive(Libc.MSG_DONTWAIT);
      if (length >= 0) {
        messages.addAll(NetlinkMessage.split(received));
      } else if (-length == Libc.EAGAIN) {
        return messages;
      } else if (-length == Libc.ENOBUFS) {
        errors.add(new NetlinkError(Libc.ENOBUFS, 0, "answers were lost"));
      } else {
        throw failure("read a netlink answer", -length);
      }
    }
  }

  private void send(NetlinkWriter writer) throws VirtException {
    requireOpen();
    ByteBuffer request = writer.bytes();
    int length = request.remaining();
    ByteBuffer bytes = length > SEND_BYTES ? direct(length) : sent.clear();
    bytes.put(request).flip();
    if (length + SEND_RESERVE > sendLimit) {
      sendLimit = Math.max(RECEIVE_BYTES, 2 * (length + SEND_RESERVE));
      setOption(SOL_SOCKET, SO_SNDBUFFORCE, sendLimit);
    }
    long size = length;
    while (Libc.sendto(socket, bytes, size, 0, kernel, ADDRESS_LENGTH) < 0) {
      if (Libc.errno() != Libc.EINTR) {
        throw failure("send a netlink request of " + length + " bytes");
      }
    }
  }

  /**
   * Reads one datagram of the kernel's into {@link #received}; returns its length or the negative
   * error number.
   */
  private int receive(int flags) throws VirtException {
    long capacity = RECEIVE_BYTES;
    while (true) {
      senderLength.putInt(0, ADDRESS_LENGTH);
      received.clear();
      int length =
          (int)
              Libc.recvfrom(
                  socket, received, capacity, flags | Libc.MSG_TRUNC, sender, senderLength);
      if (length > RECEIVE_BYTES) {
        throw new VirtException(
            ErrorCode.SYSTEM_ERROR, "read a netlink answer: it has " + length + " bytes");
      }
      if (length >= 0 && sender.getInt(PORT_OFFSET) == 0) {
        received.limit(length);
        return length;
      }
      if (length < 0 && Libc.errno() != Libc.EINTR) {
        return -Libc.errno();
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
      ByteBuffer entries = direct(16);
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
    int length = receive(Libc.MSG_DONTWAIT);
    if (length >= 0) {
      NetlinkMessage.split(received).forEach(listener::heard);
    } else if (-length == Libc.ENOBUFS) {
      listener.lost();
    } else if (-length == Libc.EAGAIN) {
      return false;
    } else {
      throw failure("hear netlink notices", -length);
    }
    return true;
  }

  private boolean awaitNotice(ByteBuffer entries) throws VirtException {
    entries.putInt(0, socket).putInt(8, wake);
    entries.putShort(4, (short) Libc.POLLIN).putShort(12, (short) Libc.POLLIN);
    while (!closed && Libc.poll(entries, 2, -1) < 0) {
      if (Libc.errno() != Libc.EINTR) {
        throw failure("wait for netlink notices");
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
      ByteBuffer one = direct(Long.BYTES).putLong(0, 1);
      Libc.write(wake, one, Long.BYTES);
    } else {
      release();
    }
  }

  private synchronized void release() {
    closed = true;
    Libc.close(socket);
    Libc.close(wake);
  }

  private void requireOpen() throws VirtException {
    if (closed) {
      throw new VirtException(ErrorCode.OPERATION_INVALID, "use a netlink socket: it is closed");
    }
  }

  private void option(int level, int name, int value) throws VirtException {
    check(setOption(level, name, value), "set option " + name + " of a netlink socket");
  }

  private int setOption(int level, int name, int value) {
    return Libc.setsockopt(
        socket, level, name, direct(Integer.BYTES).putInt(0, value), Integer.BYTES);
  }

  private static void check(int result, String action) throws VirtException {
    if (result < 0) {
      throw failure(action);
    }
  }

  private static VirtException failure(String action) {
    return failure(action, Libc.errno());
  }

  private static VirtException failure(String action, int errno) {
    return new VirtException(ErrorCode.SYSTEM_ERROR, action + ": " + Libc.text(errno));
  }

  private static ByteBuffer address() {
    return direct(ADDRESS_LENGTH).putShort(0, (short) AF_NETLINK);
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }
}
