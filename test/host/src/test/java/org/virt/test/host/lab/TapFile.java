package org.virt.test.host.lab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * The character device of a macvtap, as a hypervisor opens it. Until somebody says otherwise each
 * frame has a {@code struct virtio_net_hdr} before it.
 */
final class TapFile implements Wire {
  private static final int HEADER = 10;

  private final int file;
  private final ByteBuffer received = ByteBuffer.allocateDirect(1 << 16);
  private final ByteBuffer entry = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());

  TapFile(String device) throws IOException {
    file =
        Native.check(
            Native.open(device, Native.O_RDWR | Native.O_NONBLOCK | Native.O_CLOEXEC),
            "open " + device);
  }

  @Override
  public void send(byte[] frame) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocateDirect(HEADER + frame.length).put(HEADER, frame);
    Native.check(
        (int) Native.write(file, bytes, HEADER + frame.length),
        "send a frame of " + frame.length + " bytes");
  }

  @Override
  public Optional<byte[]> poll() throws IOException {
    int length;
    do {
      length = (int) Native.read(file, received.clear(), received.capacity());
    } while (length < 0 && Native.errno() == Native.EINTR);
    if (length < 0 && Native.errno() == Native.EAGAIN) {
      return Optional.empty();
    }
    byte[] frame = new byte[Native.check(length, "receive a frame") - HEADER];
    received.get(HEADER, frame);
    return Optional.of(frame);
  }

  @Override
  public boolean await(long milliseconds) {
    entry.putInt(0, file).putShort(4, (short) 1).putShort(6, (short) 0);
    return Native.poll(entry, 1, (int) Math.max(0, milliseconds)) > 0;
  }

  @Override
  public void close() {
    Native.close(file);
  }
}
