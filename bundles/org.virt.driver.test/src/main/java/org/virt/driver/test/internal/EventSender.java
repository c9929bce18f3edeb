package org.virt.driver.test.internal;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.DomainEvent;
import org.virt.api.DomainListener;
import org.virt.api.ObjectEvent;
import org.virt.api.Subscription;
import org.virt.api.domain.DomainNotice;

/**
 * Sends events to all listeners, in order, on a thread of its own: no caller waits for a listener.
 */
final class EventSender {
  private static final Logger LOG = LoggerFactory.getLogger(EventSender.class);

  private final List<Listening> listeners = new CopyOnWriteArrayList<>();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread made = new Thread(work, "virt-driver-test-events");
            made.setDaemon(true);
            return made;
          });

  /** One subscription; an object of its own, for a listener may subscribe twice. */
  private final class Listening implements Subscription {
    final DomainListener listener;

    Listening(DomainListener listener) {
      this.listener = listener;
    }

    @Override
    public void close() {
      listeners.remove(this);
    }
  }

  Subscription subscribe(DomainListener listener) {
    Listening listening = new Listening(listener);
    listeners.add(listening);
    return listening;
  }

  /** Sends an event to those who listen now; the order of calls is the order of events. */
  void send(DomainEvent event) {
    send(listener -> listener.event(event));
  }

  /** Sends a notice; see {@link #send(DomainEvent)}. */
  void send(DomainNotice notice) {
    send(listener -> listener.notice(notice));
  }

  /** Sends an event of another object; see {@link #send(DomainEvent)}. */
  void send(ObjectEvent event) {
    send(listener -> listener.event(event));
  }

  private void send(Consumer<DomainListener> message) {
    List<Listening> now = List.copyOf(listeners);
    if (!now.isEmpty()) {
      thread.execute(() -> now.forEach(listening -> tell(listening, message)));
    }
  }

  void close() {
    listeners.clear();
    thread.shutdown();
  }

  private void tell(Listening listening, Consumer<DomainListener> message) {
    if (!listeners.contains(listening)) {
      return;
    }
    try {
      message.accept(listening.listener);
    } catch (RuntimeException e) {
      LOG.warn("tell an event: the listener failed", e);
    }
  }
}
