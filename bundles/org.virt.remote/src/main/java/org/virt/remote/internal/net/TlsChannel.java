package org.virt.remote.internal.net;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;

/** Ciphers a socket's bytes. The handshake blocks, everything after it does not. */
public final class TlsChannel implements PendingChannel {
  private final SocketChannel socket;
  private final SSLEngine engine;
  private final ByteBuffer cipherIn;
  private final ByteBuffer plainIn;
  private final Object sending = new Object();
  private final ByteBuffer cipherOut;

  /** Makes one for a socket that blocks. */
  public TlsChannel(SocketChannel socket, SSLEngine engine) {
    this.socket = socket;
    this.engine = engine;
    int record = engine.getSession().getPacketBufferSize();
    cipherIn = ByteBuffer.allocate(record).flip();
    cipherOut = ByteBuffer.allocate(record).flip();
    plainIn = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()).flip();
  }

  /** Agrees with the other end, within a time; the socket does not block afterwards. */
  public void handshake(int seconds) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    InputStream in = socket.socket().getInputStream();
    OutputStream out = socket.socket().getOutputStream();
    engine.beginHandshake();
    HandshakeStatus status = engine.getHandshakeStatus();
    while (status != HandshakeStatus.FINISHED && status != HandshakeStatus.NOT_HANDSHAKING) {
      switch (status) {
        case NEED_WRAP -> {
          status = wrap(ByteBuffer.allocate(0)).getHandshakeStatus();
          out.write(cipherOut.array(), 0, cipherOut.limit());
          cipherOut.position(cipherOut.limit());
        }
        case NEED_TASK -> {
          runTasks();
          status = engine.getHandshakeStatus();
        }
        default -> status = unwrapHandshake(in, end);
      }
    }
    socket.socket().setSoTimeout(0);
    socket.configureBlocking(false);
  }

  private HandshakeStatus unwrapHandshake(InputStream in, long end) throws IOException {
    plainIn.compact();
    SSLEngineResult result = engine.unwrap(cipherIn, plainIn);
    plainIn.flip();
    if (result.getStatus() == Status.CLOSED) {
      throw new EOFException("closed during the handshake");
    }
    if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
      long rest = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (rest <= 0) {
        throw new SocketTimeoutException("the handshake takes too long");
      }
      socket.socket().setSoTimeout((int) rest);
      cipherIn.compact();
      int count = in.read(cipherIn.array(), cipherIn.position(), cipherIn.remaining());
      if (count > 0) {
        cipherIn.position(cipherIn.position() + count);
      }
      cipherIn.flip();
      if (count < 0) {
        throw new EOFException("closed during the handshake");
      }
    }
    return result.getHandshakeStatus();
  }

  private void runTasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  private SSLEngineResult wrap(ByteBuffer plain) throws IOException {
    cipherOut.compact();
    try {
      return engine.wrap(plain, cipherOut);
    } finally {
      cipherOut.flip();
    }
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    int total = 0;
    while (into.hasRemaining()) {
      int count = Math.min(into.remaining(), plainIn.remaining());
      if (count > 0) {
        into.put(plainIn.slice().limit(count));
        plainIn.position(plainIn.position() + count);
        total += count;
      } else {
        int more = fill();
        if (more <= 0) {
          return total > 0 ? total : more;
        }
      }
    }
    return total;
  }

  /** Deciphers more; returns 1 when it goes on, 0 when bytes are missing, −1 at the end. */
  private int fill() throws IOException {
    plainIn.compact();
    SSLEngineResult result = engine.unwrap(cipherIn, plainIn);
    plainIn.flip();
    runTasks();
    if (result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      write(ByteBuffer.allocate(0));
    }
    if (result.getStatus() == Status.CLOSED) {
      return -1;
    }
    if (result.getStatus() != Status.BUFFER_UNDERFLOW) {
      return 1;
    }
    cipherIn.compact();
    int count = socket.read(cipherIn);
    cipherIn.flip();
    return Integer.signum(count);
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    synchronized (sending) {
      int total = 0;
      boolean again = true;
      while (again) {
        if (cipherOut.hasRemaining()) {
          socket.write(cipherOut);
        }
        boolean more = from.hasRemaining() || isHandshaking();
        again = !cipherOut.hasRemaining() && more;
        if (again) {
          total += wrap(from).bytesConsumed();
        }
      }
      return total;
    }
  }

  private boolean isHandshaking() {
    return engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
  }

  @Override
  public boolean hasPending() {
    synchronized (sending) {
      return cipherOut.hasRemaining();
    }
  }

  @Override
  public boolean isOpen() {
    return socket.isOpen();
  }

  @Override
  public void close() throws IOException {
    engine.closeOutbound();
    socket.close();
  }
}
