package org.virt.driver.remote.internal.calls;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.DomainListener;
import org.virt.api.DomainListeners;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.api.domain.DomainNotice;
import org.virt.driver.remote.internal.link.Answer;
import org.virt.driver.remote.internal.link.Limits;
import org.virt.driver.remote.internal.link.Link;
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

  private final String name;
  private final Limits limits;
  private final DomainListeners listeners = new DomainListeners("remote");
  private final ReentrantLock registering = new ReentrantLock();
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
      all.add(new Kind("secret_event", 0));
      all.add(new Kind("secret_event", 1));
      return all;
    }

    Procedure procedure(String verb) {
      return Protocol.libvirt()
          .procedure(Program.REMOTE, "connect_%s_%s_any".formatted(objects, verb));
    }
  }

  private record Registration(Kind kind, int callback) {}

  /** Makes one without listeners. */
  public Events(String name, Limits limits) {
    this.name = name;
    this.limits = limits;
  }

  /** Says whether anybody listens. */
  public boolean hasListeners() {
    return !listeners.isEmpty();
  }

  /** Adds a listener, which hears every event from when this returns. */
  public Subscription subscribe(DomainListener listener, Links links) throws VirtException {
    Subscription subscription = listeners.subscribe(listener);
    try {
      register(links.link());
    } catch (VirtException | RuntimeException e) {
      subscription.close();
      throw e;
    }
    return () -> {
      subscription.close();
      release();
    };
  }

  /** Has a link tell of events, when anybody listens and it does not yet. */
  public void register(Link link) throws VirtException {
    registering.lock();
    try {
      if (registered == link || listeners.isEmpty()) {
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
    listeners.close();
  }

  private void decode(Procedure event, Packet packet) {
    if (event.event().isEmpty()) {
      return;
    }
    try {
      EventReader.read(event.name(), packet.read(event.event().get())).ifPresent(listeners::send);
    } catch (XdrException e) {
      LOG.warn("{}: read event {}: {}", name, event.name(), e.getMessage());
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
      if (!listeners.isEmpty() || registered == null) {
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
