package org.virt.driver.remote.internal.calls;

import java.util.ArrayList;
import java.util.List;
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
  private static final int LIFE_CYCLE = 0;

  private final String name;
  private final Limits limits;
  private final List<Ear> ears = new CopyOnWriteArrayList<>();
  private final ReentrantLock registering = new ReentrantLock();
  private final ExecutorService teller;
  private final AtomicBoolean dropping = new AtomicBoolean();
  private Link registered;
  private List<Integer> callbacks = List.of();

  /** Opens a link, or returns the one that there is. */
  @FunctionalInterface
  public interface Links {
    Link link() throws VirtException;
  }

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
      Procedure register = procedure("connect_domain_event_callback_register_any");
      List<Answer> answers = new ArrayList<>();
      answers.add(link.send(register, register.args().of(LIFE_CYCLE, null)));
      for (DomainNotice.Type type : DomainNotice.Type.values()) {
        answers.add(link.send(register, register.args().of(type.number(), null)));
      }
      List<Integer> ids = new ArrayList<>();
      ids.add(answers.get(0).await(limits.call()).integer("callbackID"));
      for (Answer answer : answers.subList(1, answers.size())) {
        optional(answer, ids);
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

  /** Older servers know fewer kinds of events, and so do drivers. */
  private void optional(Answer answer, List<Integer> ids) throws VirtException {
    try {
      ids.add(answer.await(limits.call()).integer("callbackID"));
    } catch (VirtException e) {
      switch (e.code()) {
        case INVALID_ARG, NO_SUPPORT, INTERNAL_ERROR, ARGUMENT_UNSUPPORTED, OPERATION_UNSUPPORTED ->
            LOG.debug("{}: no events of one kind: {}", name, e.getMessage());
        default -> throw e;
      }
    }
  }

  private void release() {
    registering.lock();
    try {
      if (!ears.isEmpty() || registered == null) {
        return;
      }
      Procedure deregister = procedure("connect_domain_event_callback_deregister_any");
      Link link = registered;
      registered = null;
      List<Answer> answers = new ArrayList<>();
      for (int id : callbacks) {
        answers.add(link.send(deregister, deregister.args().of(id)));
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

  private static Procedure procedure(String procedure) {
    return Protocol.libvirt().procedure(Program.REMOTE, procedure);
  }
}
