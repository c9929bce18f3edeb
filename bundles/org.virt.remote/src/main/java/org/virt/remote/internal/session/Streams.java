package org.virt.remote.internal.session;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.virt.remote.internal.net.Peer;
import org.virt.rpc.Header;
import org.virt.rpc.Packet;
import org.virt.rpc.XdrException;

/** The streams of a client, by the serials of the calls that opened them. */
public final class Streams {
  private final Peer peer;
  private final Executor threads;
  private final Map<Integer, ByteStream> open = new ConcurrentHashMap<>();
  private volatile boolean closed;

  Streams(Peer peer, Executor threads) {
    this.peer = peer;
    this.threads = threads;
  }

  /**
   * Makes a stream, which keeps what the client sends from now on: it may do so as soon as it has
   * the answer.
   *
   * @param call header of the call that opens it
   */
  public ByteStream prepare(Header call, ByteStream.Ends ends) {
    ByteStream stream = new ByteStream(peer, call, ends, () -> open.remove(call.serial()));
    open.put(call.serial(), stream);
    return stream;
  }

  /**
   * Lets the bytes of a stream flow; the call that opened it is answered.
   *
   * @param work what gives or takes the bytes while they flow, if anything must
   */
  public void begin(ByteStream stream, Optional<Runnable> work) {
    if (closed) {
      stream.end();
      return;
    }
    try {
      work.ifPresent(threads::execute);
      stream.start(threads);
    } catch (RejectedExecutionException e) {
      stream.fail(new IOException("too many streams are open", e));
    }
  }

  /** Takes a packet; one of a stream that has ended is dropped, as libvirt does. */
  void take(Packet packet) throws XdrException {
    ByteStream stream = open.get(packet.header().serial());
    if (stream != null) {
      stream.take(packet);
    }
  }

  void close() {
    closed = true;
    open.values().forEach(ByteStream::end);
    open.clear();
  }
}
