package org.virt.remote.internal.session;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.Connect;
import org.virt.api.DomainEvent;
import org.virt.api.DomainId;
import org.virt.api.DomainListener;
import org.virt.api.ErrorCode;
import org.virt.api.ObjectEvent;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.api.domain.DomainNotice;
import org.virt.api.host.SecretEvent;
import org.virt.remote.internal.net.Peer;
import org.virt.rpc.Header;
import org.virt.rpc.Packet;
import org.virt.rpc.Procedure;
import org.virt.rpc.XdrException;

/** What a client wants to be told of machines, and how it is told. */
public final class Callbacks {
  private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);
  private static final int LIFECYCLE = 0;

  private final Peer peer;
  private final Opened opened;
  private final Executor events;
  private final Map<Integer, Wanted> wanted = new ConcurrentSkipListMap<>();
  private final Map<Integer, WantedObject> wantedObjects = new ConcurrentSkipListMap<>();
  private final Map<Integer, Integer> others = new TreeMap<>();
  private final AtomicInteger lastNumber = new AtomicInteger();
  private Subscription subscription;
  private boolean closed;

  /** How an event is said. */
  public enum Form {
    /** With the number of the callback. */
    NUMBERED,
    /** As before libvirt 1.3.3. */
    PLAIN
  }

  /**
   * Events that a client wants.
   *
   * @param event libvirt's number of the kind
   * @param domain of which machine; absent: of all
   * @param form how they are said
   */
  public record Wanted(int event, Optional<UUID> domain, Form form) {}

  /**
   * Events of other objects that a client wants.
   *
   * @param objects of which, such as {@code storage_pool}
   * @param event libvirt's number of the kind: 0 for the life cycle, 1 for a refreshed pool or
   *     another value of a secret
   * @param which of which one; absent: of all
   */
  public record WantedObject(String objects, int event, Optional<UUID> which) {
    boolean concerns(EventMessages.Told told) {
      return objects.equals(told.objects())
          && event == told.event()
          && which.map(told.uuid()::equals).orElse(true);
    }
  }

  Callbacks(Peer peer, Opened opened, Executor events) {
    this.peer = peer;
    this.opened = opened;
    this.events = events;
  }

  /** Tells the client from now on; returns the number of the callback. */
  public int add(Wanted what) throws VirtException {
    return listen(number -> wanted.put(number, what));
  }

  /** As {@link #add(Wanted)}, of other objects. */
  public int add(WantedObject what) throws VirtException {
    return listen(number -> wantedObjects.put(number, what));
  }

  private int listen(IntConsumer note) throws VirtException {
    Connect connect = opened.connect();
    synchronized (this) {
      if (subscription == null && !closed) {
        subscription = connect.subscribe(listener(connect));
      }
      int number = lastNumber.getAndIncrement();
      note.accept(number);
      return number;
    }
  }

  /** Tells no more; {@code INVALID_ARG} for a number that is not there. */
  public void remove(int number) throws VirtException {
    if (wanted.remove(number) == null && wantedObjects.remove(number) == null) {
      throw notThere(number);
    }
    endWhenIdle();
  }

  /** Tells no more of what was asked for by its kind and form. */
  public void remove(int event, Form form) {
    wanted.values().removeIf(one -> one.event() == event && one.form() == form);
    endWhenIdle();
  }

  /** Notes a callback about objects that there are none of; returns its number. */
  public synchronized int addOther(int kind) {
    int number = lastNumber.getAndIncrement();
    others.put(number, kind);
    return number;
  }

  /** Forgets such a callback. */
  public synchronized void removeOther(int number) throws VirtException {
    if (others.remove(number) == null) {
      throw notThere(number);
    }
  }

  private static VirtException notThere(int number) {
    return new VirtException(
        ErrorCode.INVALID_ARG, "deregister an event callback: there is no callback " + number);
  }

  /** Listens to another connection: that of a driver that was away. */
  void resubscribe(Connect connect) {
    synchronized (this) {
      subscription = null;
      if (isIdle() || closed) {
        return;
      }
      try {
        subscription = connect.subscribe(listener(connect));
      } catch (VirtException e) {
        LOG.warn("listen to {} again: {}", connect.uri(), e.getMessage());
      }
    }
  }

  private synchronized void endWhenIdle() {
    if (isIdle() && subscription != null) {
      subscription.close();
      subscription = null;
    }
  }

  private boolean isIdle() {
    return wanted.isEmpty() && wantedObjects.isEmpty();
  }

  synchronized void close() {
    closed = true;
    wanted.clear();
    wantedObjects.clear();
    if (subscription != null) {
      subscription.close();
      subscription = null;
    }
  }

  private DomainListener listener(Connect connect) {
    return new DomainListener() {
      @Override
      public void event(DomainEvent event) {
        events.execute(() -> tell(connect, event));
      }

      @Override
      public void event(ObjectEvent event) {
        events.execute(() -> tell(EventMessages.object(event)));
      }

      @Override
      public void event(SecretEvent event) {
        events.execute(() -> tell(EventMessages.secret(event)));
      }

      @Override
      public void notice(DomainNotice notice) {
        events.execute(() -> tell(connect, notice));
      }
    };
  }

  private void tell(Connect connect, DomainEvent event) {
    EventMessages messages = new EventMessages(connect);
    wanted.forEach(
        (number, one) -> {
          if (concerns(one, LIFECYCLE, event.domain())) {
            send(messages.lifecycle(event), number, one.form());
          }
        });
  }

  private void tell(Connect connect, DomainNotice notice) {
    EventMessages messages = new EventMessages(connect);
    wanted.forEach(
        (number, one) -> {
          if (concerns(one, notice.type().number(), notice.subject().id())) {
            send(messages.notice(notice), number, one.form());
          }
        });
  }

  private void tell(EventMessages.Told told) {
    wantedObjects.forEach(
        (number, one) -> {
          if (one.concerns(told)) {
            send(told.message(number));
          }
        });
  }

  private static boolean concerns(Wanted one, int event, DomainId domain) {
    return one.event() == event && one.domain().map(domain.uuid()::equals).orElse(true);
  }

  private void send(EventMessages.Said said, int number, Form form) {
    said.in(number, form).ifPresent(this::send);
  }

  private void send(EventMessages.Message message) {
    Procedure procedure = message.procedure();
    try {
      peer.send(Packet.encode(Header.event(procedure), message.body()));
    } catch (XdrException e) {
      LOG.warn("tell a client of {}: {}", procedure.name(), e.getMessage());
    }
  }
}
