package org.virt.test.host.lab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Sends and receives whole frames on one interface, packet(7). */
final class RawSocket implements Wire {
  private static final int ETH_P_ALL = 3;
  private static final int ADDRESS_BYTES = 20;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVBUFFORCE = 33;
  private static final int SOL_PACKET = 263;
  private static final int PACKET_IGNORE_OUTGOING = 23;
  private static final int QUEUE_BYTES = 4 << 20;

  private final int socket;
  private final ByteBuffer received = direct(1 << 16);
  private final ByteBuffer entry = direct(8);

  /** Opens a socket on an interface of the namespace that this thread is in. */
  RawSocket(int index) throws IOException {
    socket =
        Native.check(
            Native.socket(Native.AF_PACKET, Native.SOCK_RAW | Native.SOCK_CLOEXEC, 0),
            "open a packet socket");
    option(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
    option(SOL_SOCKET, SO_RCVBUFFORCE, QUEUE_BYTES);
    ByteBuffer address = direct(ADDRESS_BYTES);
    address.putShort(0, (short) Native.AF_PACKET);
    address.order(ByteOrder.BIG_ENDIAN).putShort(2, (short) ETH_P_ALL);
    address.order(ByteOrder.nativeOrder()).putInt(4, index);
    Native.check(
        Native.bind(socket, address, ADDRESS_BYTES), "bind a packet socket to interface " + index);
  }

  @Override
  public void send(byte[] frame) throws IOException {
    ByteBuffer bytes = direct(frame.length).put(0, frame);
    int sent = (int) Native.send(socket, bytes, frame.length, 0);
    Native.check(sent, "send a frame of " + frame.length + " bytes");
  }

  /**
   * Takes the next frame that has arrived, without waiting; a VLAN tag that the kernel took off is
   * missing in it.
   */
  @Override
  public Optional<byte[]> poll() throws IOException {
    int length;
    do {
      length =
          (int) Native.recv(socket, received.clear(), received.capacity(), Native.MSG_DONTWAIT);
    } while (length < 0 && Native.errno() == Native.EINTR);
    if (length < 0 && Native.errno() == Native.EAGAIN) {
      return Optional.empty();
    }
    byte[] frame = new byte[Native.check(length, "receive a frame")];
    received.get(0, frame);
    return Optional.of(frame);
  }

  /** Waits until a frame is there; says whether one is. */
  @Override
  public boolean await(long milliseconds) {
    entry.putInt(0, socket).putShort(4, (short) 1).putShort(6, (short) 0);
    return Native.poll(entry, 1, (int) Math.max(0, milliseconds)) > 0;
  }

  private void option(int level, int name, int value) throws IOException {
    ByteBuffer bytes = direct(Integer.BYTES).putInt(0, value);
    Native.check(
        Native.setsockopt(socket, level, name, bytes, Integer.BYTES),
        "set a packet socket's option " + name);
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  @Override
  public void close() {
    Native.close(socket);
  }
}
