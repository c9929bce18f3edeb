package org.virt.remote.internal.session;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.remote.internal.net.Peer;
import org.virt.rpc.Header;
import org.virt.rpc.MessageStatus;
import org.virt.rpc.MessageType;
import org.virt.rpc.Packet;
import org.virt.rpc.XdrException;

/**
 * Bytes between a client and something of ours, in both directions or one. What the client does not
 * fetch is not read here; what is not taken here is not read from the client.
 */
public final class ByteStream {
  private static final Logger LOG = LoggerFactory.getLogger(ByteStream.class);

  /** What libvirt's own server sends at most in a packet, since clients of old take no more. */
  private static final int PIECE = 256 * 1024 - 24;

  private static final long UNSENT = 1024 * 1024;
  private static final long UNTAKEN = 4L * 1024 * 1024;
  private static final long FETCH_MINUTES = 60;
  private static final byte[] END = new byte[0];

  /** What the client gets of a stream in which only it sends. */
  public static final InputStream NOTHING = InputStream.nullInputStream();

  private final Peer peer;
  private final Header header;
  private final Ends ends;
  private final Runnable onEnd;
  private final AtomicBoolean ended = new AtomicBoolean();
  private final BlockingQueue<Work> arrived = new LinkedBlockingQueue<>();
  private final AtomicLong untaken = new AtomicLong();
  private volatile boolean held;

  /**
   * What a stream is tied to.
   *
   * @param from what the client gets
   * @param to what takes what the client sends
   * @param close ends both, and a read that waits; called once
   */
  public record Ends(InputStream from, OutputStream to, AutoCloseable close) {}

  /** Something to be done with what came, in its order. */
  private interface Work {
    /** Returns whether more is to be done. */
    boolean run() throws IOException;
  }

  ByteStream(Peer peer, Header call, Ends ends, Runnable onEnd) {
    this.peer = peer;
    this.header = call.with(MessageType.STREAM, MessageStatus.CONTINUE);
    this.ends = ends;
    this.onEnd = onEnd;
  }

  void start(Executor threads) {
    if (ends.from() != NOTHING) {
      threads.execute(this::sendAll);
    }
    threads.execute(this::takeAll);
  }

  /** Takes a packet of the client's; on the loop's thread. */
  void take(Packet packet) {
    switch (packet.header().status()) {
      case CONTINUE -> data(packet);
      case OK -> arrived.add(this::finish);
      case ERROR -> {
        answer();
        end();
      }
    }
  }

  private void data(Packet packet) {
    if (ended.get()) {
      return;
    }
    if (packet.header().type() == MessageType.STREAM_HOLE) {
      arrived.add(() -> fail(new IOException("a hole in a stream that has none")));
      return;
    }
    byte[] bytes = new byte[packet.body().remaining()];
    packet.body().get(bytes);
    peer.hold(bytes.length);
    if (untaken.addAndGet(bytes.length) > UNTAKEN) {
      held = true;
      peer.pause();
    }
    arrived.add(() -> write(bytes));
    if (ended.get()) {
      drop();
    }
  }

  private void drop() {
    arrived.clear();
    peer.hold(-untaken.getAndSet(0));
  }

  private boolean write(byte[] bytes) throws IOException {
    ends.to().write(bytes);
    ends.to().flush();
    long before = untaken.getAndUpdate(all -> Math.max(0, all - bytes.length));
    peer.hold(-Math.min(before, bytes.length));
    if (before - bytes.length <= UNTAKEN / 2 && held) {
      held = false;
      peer.resume();
    }
    return true;
  }

  /** Has what was sent taken to its end, so that the answer says whether it was. */
  private boolean finish() throws IOException {
    ends.to().close();
    answer();
    end();
    return false;
  }

  private void answer() {
    send(header.with(MessageType.STREAM, MessageStatus.OK), END, 0);
  }

  private void takeAll() {
    try {
      boolean more = true;
      while (more && !ended.get()) {
        Work work = arrived.poll(1, TimeUnit.SECONDS);
        more = work == null || work.run();
      }
    } catch (IOException e) {
      fail(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      end();
    }
  }

  private void sendAll() {
    byte[] piece = new byte[8192];
    try {
      while (!ended.get()) {
        int count = ends.from().read(piece);
        if (count < 0) {
          send(header, END, 0);
          return;
        }
        send(header, piece, count);
        if (count == piece.length && piece.length < PIECE) {
          piece = new byte[PIECE];
        }
        if (!peer.awaitSent(UNSENT, FETCH_MINUTES, TimeUnit.MINUTES)) {
          end();
        }
      }
    } catch (IOException e) {
      fail(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      end();
    }
  }

  private void send(Header as, byte[] bytes, int length) {
    try {
      peer.send(Packet.encode(as, bytes, length));
    } catch (XdrException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Ends the stream with an error, unless it has ended. */
  private boolean fail(IOException failure) {
    if (!ended.get()) {
      VirtException e =
          failure.getCause() instanceof VirtException known
              ? known
              : new VirtException(ErrorCode.RPC, "stream had I/O failure: " + failure.getMessage());
      try {
        ByteBuffer message =
            Packet.encode(
                header.with(MessageType.STREAM, MessageStatus.ERROR), Errors.of(e, "").toXdr());
        peer.send(message);
      } catch (XdrException impossible) {
        throw new IllegalStateException(impossible);
      }
      end();
    }
    return false;
  }

  /** Ends it; what it is tied to is let go. */
  void end() {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    onEnd.run();
    drop();
    if (held) {
      peer.resume();
    }
    try {
      ends.close().close();
    } catch (Exception e) {
      LOG.debug("end a stream: {}", e.toString());
    }
  }
}
