package org.virt.remote.internal.session;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
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
   * Opens a stream; its bytes begin to flow at once.
   *
   * @param call header of the call that opened it, answered already
   */
  public void open(Header call, ByteStream.Ends ends) {
    ByteStream stream = new ByteStream(peer, call, ends, () -> open.remove(call.serial()));
    open.put(call.serial(), stream);
    if (closed) {
      stream.end();
    } else {
      stream.start(threads);
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
