package org.virt.driver.qemu.internal.machine;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.DomainEvent;
import org.virt.api.DomainListener;
import org.virt.api.Subscription;
import org.virt.api.domain.DomainNotice;

/** Sends events to all listeners, in order, on one thread that is there while there are events. */
final class EventSender implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventSender.class);
  private static final int IDLE_SECONDS = 10;

  private final List<Listening> listeners = new CopyOnWriteArrayList<>();
  private final ThreadPoolExecutor thread;

  EventSender() {
    thread =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Threads.named("virt-qemu-events"));
    thread.allowCoreThreadTimeOut(true);
  }

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
    LOG.info("domain {}: {} {}", event.name(), event.kind(), event.message());
    send(event.name(), listener -> listener.event(event));
  }

  /** Sends a notice; see {@link #send(DomainEvent)}. */
  void send(DomainNotice notice) {
    LOG.debug("domain {}: {}{}", notice.subject().name(), notice.type(), notice.text());
    send(notice.subject().name(), listener -> listener.notice(notice));
  }

  private void send(String name, Consumer<DomainListener> message) {
    List<Listening> now = List.copyOf(listeners);
    if (!now.isEmpty() && !thread.isShutdown()) {
      thread.execute(() -> now.forEach(listening -> tell(listening, name, message)));
    }
  }

  private void tell(Listening listening, String name, Consumer<DomainListener> message) {
    if (!listeners.contains(listening)) {
      return;
    }
    try {
      message.accept(listening.listener);
    } catch (RuntimeException e) {
      LOG.warn("domain {}: a listener failed", name, e);
    }
  }

  /** Takes no more events; those that were sent still come. */
  @Override
  public void close() {
    thread.shutdown();
  }
}
