package org.virt.remote.internal;

import java.nio.channels.ByteChannel;
import java.nio.channels.SelectableChannel;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.access.ClientIdentity;
import org.virt.api.access.ClientManager;
import org.virt.remote.internal.calls.Declarations;
import org.virt.remote.internal.calls.Dispatcher;
import org.virt.remote.internal.net.IoLoop;
import org.virt.remote.internal.sasl.ScramUsers;
import org.virt.remote.internal.session.Admission;
import org.virt.remote.internal.session.Limits;
import org.virt.remote.internal.session.Services;
import org.virt.remote.internal.session.Session;
import org.virt.remote.internal.session.SessionHost;
import org.virt.rpc.Packet;

/** Serves whoever has come by a listener. */
final class RemoteServer implements SessionHost, ClientManager {
  private static final Logger LOG = LoggerFactory.getLogger(RemoteServer.class);

  /** A call of so many bytes is carried out whatever the others take. */
  private static final int SMALL_CALL = 4096;

  private final Services services;
  private final Limits limits;
  private final ScramUsers users;
  private final Workers workers;
  private final IoLoop loop;
  private final Map<Long, Session> sessions = new ConcurrentHashMap<>();
  private final AtomicLong lastNumber = new AtomicLong();
  private final AtomicLong callBytes = new AtomicLong();

  /** Who may come, and how much they may take. */
  record Access(Limits limits, ScramUsers users) {}

  /** Made with the first call: the start of the runtime need not wait for the protocol's table. */
  private static final class Calls {
    static final Dispatcher DISPATCHER = new Dispatcher(Declarations.all());
  }

  RemoteServer(Services services, Access access, Workers workers, IoLoop loop) {
    this.services = services;
    this.limits = access.limits();
    this.users = access.users();
    this.workers = workers;
    this.loop = loop;
  }

  /** Says whether one more client may come; the listener turns it away otherwise. */
  boolean hasRoom(Admission admission) {
    if (sessions.size() >= limits.clients()) {
      LOG.warn("a client is turned away: {} are connected", limits.clients());
      return false;
    }
    long unknown = sessions.values().stream().filter(s -> !s.isAuthenticated()).count();
    if (admission.asked() && unknown >= limits.unauthenticated()) {
      LOG.warn("a client is turned away: {} have not authenticated", unknown);
      return false;
    }
    return true;
  }

  /** Serves a client from now on. */
  void serve(
      SelectableChannel socket, ByteChannel bytes, ClientIdentity identity, Admission admission) {
    loop.add(
        socket,
        bytes,
        peer -> {
          long number = lastNumber.incrementAndGet();
          Session session = new Session(number, peer, identity, admission, this);
          sessions.put(number, session);
          return session;
        });
  }

  @Override
  public Services services() {
    return services;
  }

  @Override
  public Limits limits() {
    return limits;
  }

  @Override
  public ScramUsers users() {
    return users;
  }

  @Override
  public Executor events() {
    return workers.events();
  }

  @Override
  public Executor streams() {
    return workers.streams();
  }

  @Override
  public boolean begin(Session session, Packet packet) {
    int size = packet.body().remaining();
    long all = callBytes.addAndGet(size);
    if (size <= SMALL_CALL || all <= limits.memory() / 2) {
      return true;
    }
    end(packet);
    String why = "calls that are being carried out take %d bytes already".formatted(all - size);
    Dispatcher.refuse(session, packet.header(), new VirtException(ErrorCode.NO_MEMORY, why));
    return false;
  }

  @Override
  public void end(Packet packet) {
    callBytes.addAndGet(-packet.body().remaining());
  }

  @Override
  public boolean answerAtOnce(Session session, Packet packet) {
    boolean atOnce = Calls.DISPATCHER.isAtOnce(packet);
    if (atOnce) {
      Calls.DISPATCHER.call(session, packet);
    }
    return atOnce;
  }

  @Override
  public void dispatch(Session session, Packet packet) {
    Executor pool = Dispatcher.isUrgent(packet) ? workers.priority() : workers.ordinary();
    try {
      pool.execute(() -> Calls.DISPATCHER.call(session, packet));
    } catch (RejectedExecutionException e) {
      LOG.debug("a call comes too late: the server ends");
    }
  }

  @Override
  public void background(Runnable work) {
    try {
      workers.ordinary().execute(work);
    } catch (RejectedExecutionException e) {
      work.run();
    }
  }

  @Override
  public void gone(Session session) {
    sessions.remove(session.number());
  }

  @Override
  public List<Client> clients() {
    return sessions.values().stream()
        .map(Session::describe)
        .sorted(Comparator.comparingLong(Client::number))
        .toList();
  }

  @Override
  public void setPassword(String user, Optional<String> password) throws VirtException {
    users.set(user, password);
  }

  @Override
  public void disconnect(long number) throws VirtException {
    Session session = sessions.get(number);
    if (session == null) {
      throw new VirtException(
          ErrorCode.INVALID_ARG, "disconnect client " + number + ": it is not connected");
    }
    session.close();
  }
}
