package org.virt.remote.internal.session;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
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
import org.virt.rpc.StreamHole;
import org.virt.rpc.XdrException;

/**
 * Bytes between a client and something of ours, in both directions or one. What the client does not
 * fetch is not read here; what is not taken here is not read from the client.
 */
public final class ByteStream {
  private static final Logger LOG = LoggerFactory.getLogger(ByteStream.class);

  private static final long UNTAKEN = 4L * 1024 * 1024;

  /** What a packet takes beside its bytes. */
  private static final int OVERHEAD = 256;

  private static final byte[] END = new byte[0];

  private final Peer peer;
  private final Header header;
  private final Ends ends;
  private final Runnable onEnd;
  private final AtomicBoolean ended = new AtomicBoolean();
  private final BlockingQueue<Arrived> arrived = new LinkedBlockingQueue<>();
  private final AtomicLong untaken = new AtomicLong();
  private volatile boolean held;

  /**
   * What a stream is tied to.
   *
   * @param from what the client gets
   * @param to what takes what the client sends
   * @param close ends both, and a read that waits; called once
   */
  public record Ends(StreamSource from, StreamSink to, AutoCloseable close) {
    /** Ties it to two streams. */
    public Ends(InputStream from, OutputStream to, AutoCloseable close) {
      this(StreamSource.of(from), StreamSink.of(to), close);
    }
  }

  /** Something to be done with what came, in its order. */
  private interface Work {
    void run() throws IOException;
  }

  /** It, and the memory that it takes until it is done. */
  private record Arrived(int room, Work work) {}

  ByteStream(Peer peer, Header call, Ends ends, Runnable onEnd) {
    this.peer = peer;
    this.header = call.with(MessageType.STREAM, MessageStatus.CONTINUE);
    this.ends = ends;
    this.onEnd = onEnd;
  }

  void start(Executor threads) {
    if (ends.from() != StreamSource.NOTHING) {
      threads.execute(this::sendAll);
    }
    threads.execute(this::takeAll);
  }

  /** Takes a packet of the client's; on the loop's thread. */
  void take(Packet packet) throws XdrException {
    switch (packet.header().status()) {
      case CONTINUE -> content(packet);
      case OK -> arrive(0, this::finish);
      case ERROR -> {
        answer();
        end();
      }
    }
  }

  private void content(Packet packet) throws XdrException {
    if (packet.header().type() == MessageType.STREAM_HOLE) {
      long length = StreamHole.read(packet).length();
      arrive(0, () -> ends.to().hole(length));
    } else {
      ByteBuffer bytes = packet.body();
      arrive(bytes.remaining(), () -> ends.to().data(bytes));
    }
  }

  /** Keeps what is to be done; the client sends no more while it is too much. */
  private void arrive(int bytes, Work work) {
    if (ended.get()) {
      return;
    }
    int room = bytes + OVERHEAD;
    peer.hold(room);
    if (untaken.addAndGet(room) > UNTAKEN) {
      held = true;
      peer.pause();
    }
    arrived.add(new Arrived(room, work));
    if (ended.get()) {
      drop();
    }
  }

  private void taken(int room) {
    long before = untaken.getAndUpdate(all -> Math.max(0, all - room));
    peer.hold(-Math.min(before, room));
    if (before - room <= UNTAKEN / 2 && held) {
      held = false;
      peer.resume();
    }
  }

  private void drop() {
    arrived.clear();
    peer.hold(-untaken.getAndSet(0));
  }

  /** Has what was sent taken to its end, so that the answer says whether it was. */
  private void finish() throws IOException {
    ends.to().close();
    answer();
    end();
  }

  private void answer() {
    peer.send(Packet.encode(header.with(MessageType.STREAM, MessageStatus.OK), END, 0));
  }

  private void takeAll() {
    try {
      while (!ended.get()) {
        Arrived next = arrived.poll(1, TimeUnit.SECONDS);
        if (next != null) {
          next.work().run();
          taken(next.room());
        }
      }
    } catch (IOException e) {
      fail(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      end();
    }
  }

  private void sendAll() {
    try {
      while (!ended.get()) {
        Optional<StreamSource.Piece> piece = ends.from().next();
        if (piece.isEmpty()) {
          peer.send(Packet.encode(header, END, 0));
          return;
        }
        if (!piece.get().send(peer, header)) {
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

  /** Ends the stream with an error, unless it has ended. */
  void fail(IOException failure) {
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
