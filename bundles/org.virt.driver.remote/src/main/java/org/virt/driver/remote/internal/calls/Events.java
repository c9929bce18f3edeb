package org.virt.driver.remote.internal.calls;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.DomainListener;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.api.domain.DomainNotice;
import org.virt.driver.remote.internal.link.Answer;
import org.virt.driver.remote.internal.link.Limits;
import org.virt.driver.remote.internal.link.Link;
import org.virt.driver.remote.internal.link.LinkRuntime;
import org.virt.rpc.Packet;
import org.virt.rpc.Procedure;
import org.virt.rpc.Program;
import org.virt.rpc.Protocol;
import org.virt.rpc.XdrException;

/**
 * Hands events of the other end on to listeners, in order, on a thread of its own. It is told of
 * all kinds there while there is a listener, and anew on each link.
 */
public final class Events implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Events.class);

  /** So many may wait for listeners; more are dropped, which is logged. */
  private static final int WAITING_MAX = 100_000;

  private static final int IDLE_SECONDS = 5;

  private final String name;
  private final Limits limits;
  private final List<Ear> ears = new CopyOnWriteArrayList<>();
  private final ReentrantLock registering = new ReentrantLock();
  private final ExecutorService teller;
  private final AtomicBoolean dropping = new AtomicBoolean();
  private Link registered;
  private List<Registration> callbacks = List.of();

  /** Opens a link, or returns the one that there is. */
  @FunctionalInterface
  public interface Links {
    Link link() throws VirtException;
  }

  /** A kind of events: of which objects, and libvirt's number of it there. */
  private record Kind(String objects, int number) {
    private static final Kind LIFE_CYCLE = new Kind("domain_event_callback", 0);

    static List<Kind> all() {
      List<Kind> all = new ArrayList<>();
      for (DomainNotice.Type type : DomainNotice.Type.values()) {
        all.add(new Kind(LIFE_CYCLE.objects, type.number()));
      }
      all.add(new Kind("network_event", 0));
      all.add(new Kind("storage_pool_event", 0));
      all.add(new Kind("storage_pool_event", 1));
      return all;
    }

    Procedure procedure(String verb) {
      return Protocol.libvirt()
          .procedure(Program.REMOTE, "connect_%s_%s_any".formatted(objects, verb));
    }
  }

  private record Registration(Kind kind, int callback) {}

  private record Ear(DomainListener listener, AtomicBoolean open) {}

  /** Makes one without listeners. */
  public Events(String name, Limits limits) {
    this.name = name;
    this.limits = limits;
    ThreadPoolExecutor one =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING_MAX),
            LinkRuntime.named("virt-remote-events"));
    one.allowCoreThreadTimeOut(true);
    teller = one;
  }

  /** Says whether anybody listens. */
  public boolean hasListeners() {
    return !ears.isEmpty();
  }

  /** Adds a listener, which hears every event from when this returns. */
  public Subscription subscribe(DomainListener listener, Links links) throws VirtException {
    Ear ear = new Ear(listener, new AtomicBoolean(true));
    ears.add(ear);
    try {
      register(links.link());
    } catch (VirtException | RuntimeException e) {
      ears.remove(ear);
      throw e;
    }
    return () -> {
      if (ear.open.compareAndSet(true, false)) {
        ears.remove(ear);
        release();
      }
    };
  }

  /** Has a link tell of events, when anybody listens and it does not yet. */
  public void register(Link link) throws VirtException {
    registering.lock();
    try {
      if (registered == link || ears.isEmpty()) {
        return;
      }
      Answer lifeCycle = register(link, Kind.LIFE_CYCLE);
      Map<Kind, Answer> others = new LinkedHashMap<>();
      for (Kind kind : Kind.all()) {
        others.put(kind, register(link, kind));
      }
      List<Registration> ids = new ArrayList<>();
      ids.add(new Registration(Kind.LIFE_CYCLE, callback(lifeCycle)));
      for (Map.Entry<Kind, Answer> other : others.entrySet()) {
        optional(other.getValue()).ifPresent(id -> ids.add(new Registration(other.getKey(), id)));
      }
      registered = link;
      callbacks = ids;
    } finally {
      registering.unlock();
    }
  }

  /** Takes an event of the other end, on the reading thread. */
  public void take(Packet packet) {
    try {
      Protocol.libvirt()
          .procedure(packet.header().program(), packet.header().procedure())
          .ifPresent(event -> decode(event, packet));
    } catch (IllegalArgumentException | ClassCastException e) {
      LOG.warn("{}: an event that is not as it should be: {}", name, e.getMessage());
    }
  }

  @Override
  public void close() {
    ears.forEach(ear -> ear.open.set(false));
    ears.clear();
    teller.shutdown();
  }

  private void decode(Procedure event, Packet packet) {
    if (event.event().isEmpty()) {
      return;
    }
    try {
      EventReader.read(event.name(), packet.read(event.event().get())).ifPresent(this::tell);
    } catch (XdrException e) {
      LOG.warn("{}: read event {}: {}", name, event.name(), e.getMessage());
    }
  }

  private void tell(Consumer<DomainListener> event) {
    try {
      teller.execute(() -> ears.forEach(ear -> tell(ear, event)));
      dropping.set(false);
    } catch (RejectedExecutionException e) {
      if (!teller.isShutdown() && dropping.compareAndSet(false, true)) {
        LOG.warn("{}: {} events wait for listeners, more are dropped", name, WAITING_MAX);
      }
    }
  }

  private void tell(Ear ear, Consumer<DomainListener> event) {
    if (!ear.open.get()) {
      return;
    }
    try {
      event.accept(ear.listener);
    } catch (RuntimeException e) {
      LOG.warn("{}: a listener failed", name, e);
    }
  }

  private static Answer register(Link link, Kind kind) throws VirtException {
    Procedure register = kind.procedure("register");
    return link.send(register, register.args().of(kind.number, null));
  }

  private int callback(Answer answer) throws VirtException {
    return answer.await(limits.call()).integer("callbackID");
  }

  /** Older servers know fewer kinds of events, and so do drivers. */
  private Optional<Integer> optional(Answer answer) throws VirtException {
    try {
      return Optional.of(callback(answer));
    } catch (VirtException e) {
      switch (e.code()) {
        case INVALID_ARG, NO_SUPPORT, INTERNAL_ERROR, ARGUMENT_UNSUPPORTED, OPERATION_UNSUPPORTED ->
            LOG.debug("{}: no events of one kind: {}", name, e.getMessage());
        default -> throw e;
      }
      return Optional.empty();
    }
  }

  private void release() {
    registering.lock();
    try {
      if (!ears.isEmpty() || registered == null) {
        return;
      }
      Link link = registered;
      registered = null;
      List<Answer> answers = new ArrayList<>();
      for (Registration one : callbacks) {
        Procedure deregister = one.kind.procedure("deregister");
        answers.add(link.send(deregister, deregister.args().of(one.callback)));
      }
      for (Answer answer : answers) {
        answer.await(limits.call());
      }
    } catch (VirtException e) {
      LOG.debug("{}: end events: {}", name, e.getMessage());
    } finally {
      registering.unlock();
    }
  }
}
