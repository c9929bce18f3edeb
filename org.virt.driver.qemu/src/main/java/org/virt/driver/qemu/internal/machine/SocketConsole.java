package org.virt.driver.qemu.internal.machine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.virt.api.Console;

/** A serial device whose other end is a Unix socket of QEMU. */
final class SocketConsole implements Console {
  private final SocketChannel channel;
  private final Runnable onClose;
  private final AtomicBoolean closed = new AtomicBoolean();

  private SocketConsole(SocketChannel channel, Runnable onClose) {
    this.channel = channel;
    this.onClose = onClose;
  }

  static SocketConsole open(String path, Runnable onClose) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.configureBlocking(false);
      if (!channel.connect(UnixDomainSocketAddress.of(Path.of(path)))) {
        throw new IOException(path + " does not accept the connection");
      }
      channel.configureBlocking(true);
      return new SocketConsole(channel, onClose);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public InputStream input() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        try {
          return length == 0 ? 0 : channel.read(ByteBuffer.wrap(bytes, offset, length));
        } catch (ClosedChannelException e) {
          return -1;
        }
      }
    };
  }

  @Override
  public OutputStream output() {
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
      }
    };
  }

  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    try {
      channel.close();
    } catch (AsynchronousCloseException e) {
      // It is closed, which is what counts.
    } catch (IOException e) {
      // So here.
    }
    onClose.run();
  }
}
