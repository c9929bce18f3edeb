package org.virt.common.netlink;

import static org.virt.common.internal.Libc.AF_NETLINK;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.common.internal.Libc;

/** Datagrams to and from the kernel, by a socket of netlink(7); of one thread at a time. */
final class KernelDatagrams {
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

  /** Overhead of the kernel's on the send buffer's size (af_netlink.c). */
  private static final int SEND_RESERVE = 1 << 12;

  private final int socket;
  private final int port;
  private final ByteBuffer kernel = address();
  private final ByteBuffer sender = address();
  private final ByteBuffer received = direct(RECEIVE_BYTES);
  private final ByteBuffer sent = direct(SEND_BYTES);
  private final ByteBuffer senderLength = direct(Integer.BYTES);
  private int sendLimit;

  private KernelDatagrams(int socket) throws VirtException {
    this.socket = socket;
    check(Libc.bind(socket, kernel, ADDRESS_LENGTH), "bind a netlink socket");
    ByteBuffer own = address();
    check(
        Libc.getsockname(socket, own, direct(Integer.BYTES).putInt(0, ADDRESS_LENGTH)),
        "name a netlink socket");
    port = own.getInt(PORT_OFFSET);
    option(SOL_NETLINK, NETLINK_CAP_ACK, 1);
    option(SOL_NETLINK, NETLINK_EXT_ACK, 1);
    // Refused without CAP_NET_ADMIN: the kernel's default size serves then.
    queue(QUEUE_BYTES);
  }

  /**
   * Opens a socket of a protocol.
   *
   * @throws VirtException {@code SYSTEM_ERROR} when the kernel does not have the protocol
   */
  static KernelDatagrams open(int protocol) throws VirtException {
    int socket = Libc.socket(AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, protocol);
    check(socket, "open a netlink socket of protocol " + protocol);
    try {
      return new KernelDatagrams(socket);
    } catch (VirtException e) {
      Libc.close(socket);
      throw e;
    }
  }

  /** Returns the number that the kernel knows the socket by. */
  int port() {
    return port;
  }

  /** Returns the descriptor, to be waited for. */
  int descriptor() {
    return socket;
  }

  /** Has the kernel keep so many bytes until they are read, where it lets us. */
  void queue(int bytes) {
    setOption(SOL_SOCKET, SO_RCVBUFFORCE, bytes);
  }

  /** Has notices of a multicast group come. */
  void join(int group) throws VirtException {
    option(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group);
  }

  /** Sends all messages of the writer in one piece. */
  void send(NetlinkWriter writer) throws VirtException {
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
   * Reads one datagram of the kernel's into {@link #received()}; returns its length or the negative
   * error number.
   */
  int receive(int flags) throws VirtException {
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

  /** Returns the datagram that was read last. */
  ByteBuffer received() {
    return received;
  }

  void close() {
    Libc.close(socket);
  }

  private void option(int level, int name, int value) throws VirtException {
    check(setOption(level, name, value), "set option " + name + " of a netlink socket");
  }

  private int setOption(int level, int name, int value) {
    return Libc.setsockopt(
        socket, level, name, direct(Integer.BYTES).putInt(0, value), Integer.BYTES);
  }

  static void check(int result, String action) throws VirtException {
    if (result < 0) {
      throw failure(action);
    }
  }

  static VirtException failure(String action) {
    return failure(action, Libc.errno());
  }

  static VirtException failure(String action, int errno) {
    return new VirtException(ErrorCode.SYSTEM_ERROR, action + ": " + Libc.text(errno));
  }

  private static ByteBuffer address() {
    return direct(ADDRESS_LENGTH).putShort(0, (short) AF_NETLINK);
  }

  static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }
}
