package org.virt.remote.internal.session;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.access.ClientIdentity;
import org.virt.api.access.ClientManager.Access;
import org.virt.api.access.ClientManager.Client;
import org.virt.remote.internal.net.Peer;
import org.virt.remote.internal.net.PeerHandler;
import org.virt.remote.internal.sasl.ScramExchange;
import org.virt.rpc.MessageType;
import org.virt.rpc.Packet;
import org.virt.rpc.Program;
import org.virt.rpc.XdrException;

/** One client: who it is, what it has opened, its calls in flight, events and streams. */
public final class Session implements PeerHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  private final long number;
  private final Peer peer;
  private volatile ClientIdentity identity;
  private final Admission admission;
  private final SessionHost host;
  private final KeepAlive keepAlive;
  private final Opened opened;
  private final Callbacks callbacks;
  private final Streams streams;
  private final Instant connected = Instant.now();
  private final long bornNanos = System.nanoTime();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final Deque<Packet> waiting = new ArrayDeque<>();
  private volatile Optional<ScramExchange> exchange = Optional.empty();
  private volatile boolean authenticated;

  /** Makes the session of a client that has just come. */
  public Session(
      long number, Peer peer, ClientIdentity identity, Admission admission, SessionHost host) {
    this.number = number;
    this.peer = peer;
    this.identity = identity;
    this.admission = admission;
    this.host = host;
    this.authenticated = !admission.asked();
    this.keepAlive = new KeepAlive(peer, host.limits());
    this.opened = new Opened(host.services());
    this.callbacks = new Callbacks(peer, opened, host.events());
    this.streams = new Streams(peer, host.streams());
    opened.onOpen(callbacks::resubscribe);
  }

  /** Returns its number. */
  public long number() {
    return number;
  }

  /** Returns who it is. */
  public ClientIdentity identity() {
    return identity;
  }

  /** Returns what it came by. */
  public Admission admission() {
    return admission;
  }

  /** Returns what it has opened. */
  public Opened opened() {
    return opened;
  }

  /** Returns what it wants to be told. */
  public Callbacks callbacks() {
    return callbacks;
  }

  /** Returns its streams. */
  public Streams streams() {
    return streams;
  }

  /** Returns the services. */
  public Services services() {
    return host.services();
  }

  /** Says whether it may only look. */
  public boolean isReadOnly() {
    return admission.readOnly() || opened.isReadOnly();
  }

  /** Says whether it may do more than authenticate. */
  public boolean isAuthenticated() {
    return authenticated;
  }

  /** Lets it do more than authenticate: it has proven who it is. */
  public void authenticate(ClientIdentity proven) {
    identity = proven;
    exchange = Optional.empty();
    authenticated = true;
  }

  /** Begins a proof by a password. */
  public ScramExchange beginExchange() {
    ScramExchange begun = new ScramExchange(host.users());
    exchange = Optional.of(begun);
    return begun;
  }

  /** Returns the proof that was begun. */
  public Optional<ScramExchange> exchange() {
    return exchange;
  }

  /** Begins to ask from time to time whether it lives. */
  public void beginKeepAlive() {
    keepAlive.begin();
  }

  /** Ends it once its answers are sent. */
  public void endAfterSending() {
    peer.endAfterSending();
  }

  /** Ends it. */
  public void close() {
    peer.close();
  }

  /** Describes it. */
  public Client describe() {
    Access access = !authenticated ? Access.NONE : isReadOnly() ? Access.READ_ONLY : Access.FULL;
    return new Client(number, identity, access, connected, opened.uriText());
  }

  /** Returns where answers go. */
  public Peer peer() {
    return peer;
  }

  @Override
  public void packet(Packet packet) throws XdrException {
    keepAlive.heard();
    if (packet.header().program() == Program.KEEPALIVE.number()) {
      keepAlive.take(packet);
      return;
    }
    MessageType type = packet.header().type();
    switch (type) {
      case STREAM, STREAM_HOLE -> streams.take(packet);
      case CALL, CALL_WITH_FDS -> call(packet);
      default -> throw new XdrException("a client that sends a " + type);
    }
  }

  private void call(Packet packet) {
    if (!host.begin(this, packet)) {
      return;
    }
    synchronized (waiting) {
      if (inFlight.get() >= host.limits().callsEach()) {
        waiting.add(packet);
        peer.pause();
        return;
      }
      inFlight.incrementAndGet();
    }
    if (!host.answerAtOnce(this, packet)) {
      host.dispatch(this, packet);
    }
  }

  /** Notes that a call has been carried out: nothing of it is kept beside its answer. */
  public void carriedOut(Packet packet) {
    host.end(packet);
  }

  /** Notes that a call has been answered, and begins the next one that waits. */
  public void answered() {
    Packet next;
    synchronized (waiting) {
      next = waiting.poll();
      if (next == null) {
        inFlight.decrementAndGet();
        return;
      }
      if (waiting.isEmpty()) {
        peer.resume();
      }
    }
    host.dispatch(this, next);
  }

  @Override
  public void tick(long now) {
    keepAlive.tick(now);
    long age = TimeUnit.NANOSECONDS.toSeconds(now - bornNanos);
    if (!authenticated && age >= host.limits().authenticationSeconds()) {
      LOG.info("client {} has not authenticated within {} s; it is cut off", number, age);
      peer.close();
    }
  }

  @Override
  public void gone() {
    host.gone(this);
    callbacks.close();
    streams.close();
    // Ending a connection may end machines that were started to end with it.
    host.background(opened::close);
  }
}
