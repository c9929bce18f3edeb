package org.virt.remote.internal.session;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.remote.internal.net.Peer;
import org.virt.rpc.Header;
import org.virt.rpc.MessageStatus;
import org.virt.rpc.MessageType;
import org.virt.rpc.Packet;
import org.virt.rpc.Procedure;
import org.virt.rpc.Program;
import org.virt.rpc.Protocol;
import org.virt.rpc.XdrException;

/** Answers a client that asks whether we live, and asks a silent one; on the loop's thread. */
final class KeepAlive {
  private static final Logger LOG = LoggerFactory.getLogger(KeepAlive.class);
  private static final Procedure PING = Protocol.libvirt().procedure(Program.KEEPALIVE, "ping");
  private static final Procedure PONG = Protocol.libvirt().procedure(Program.KEEPALIVE, "pong");

  private final Peer peer;
  private final long intervalNanos;
  private final int most;
  private volatile boolean wanted;
  private long lastHeard = System.nanoTime();
  private int unanswered;

  KeepAlive(Peer peer, Limits limits) {
    this.peer = peer;
    this.intervalNanos = TimeUnit.SECONDS.toNanos(limits.keepAliveSeconds());
    this.most = limits.keepAliveCount();
  }

  /** Begins to ask: the client has said that it understands. */
  void begin() {
    wanted = intervalNanos > 0;
  }

  /** Notes that something came. */
  void heard() {
    lastHeard = System.nanoTime();
    unanswered = 0;
  }

  void take(Packet packet) throws XdrException {
    if (packet.header().procedure() == PING.number()) {
      send(PONG);
    }
  }

  void tick(long now) {
    if (!wanted || now - lastHeard < intervalNanos * (unanswered + 1L)) {
      return;
    }
    if (unanswered >= most) {
      LOG.info("a client does not answer {} times; it is cut off", unanswered);
      peer.close();
      return;
    }
    unanswered++;
    send(PING);
  }

  private void send(Procedure procedure) {
    Header header =
        new Header(
            Program.KEEPALIVE.number(), procedure.number(), MessageType.EVENT, 0, MessageStatus.OK);
    peer.send(Packet.encode(header, new byte[0], 0));
  }
}
