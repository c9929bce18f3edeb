package org.virt.api;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.domain.DomainNotice;

/**
 * The listeners of a driver. Each hears every event that is sent while it listens, in the order in
 * which they were sent, on one thread that is there while there are events: no sender waits for a
 * listener.
 */
public final class DomainListeners implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DomainListeners.class);

  /** So many events may wait for listeners; more are dropped, which is logged. */
  private static final int WAITING_MAX = 100_000;

  private static final int IDLE_SECONDS = 10;

  private final String driver;
  private final List<Listening> listeners = new CopyOnWriteArrayList<>();
  private final ThreadPoolExecutor thread;
  private final AtomicBoolean dropping = new AtomicBoolean();

  /**
   * Makes one without listeners.
   *
   * @param driver the name of the driver, as in "qemu", for its thread and the log
   */
  public DomainListeners(String driver) {
    this.driver = driver;
    thread =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING_MAX),
            work -> named(work, "virt-" + driver + "-events"));
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

  private static Thread named(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Adds a listener; the subscription, once closed, hears nothing more. */
  public Subscription subscribe(DomainListener listener) {
    Listening listening = new Listening(listener);
    listeners.add(listening);
    return listening;
  }

  /** Says whether nobody listens. */
  public boolean isEmpty() {
    return listeners.isEmpty();
  }

  /** Sends an event of a machine to those who listen now. */
  public void send(DomainEvent event) {
    send(listener -> listener.event(event));
  }

  /** Sends a notice to those who listen now. */
  public void send(DomainNotice notice) {
    send(listener -> listener.notice(notice));
  }

  /** Sends an event of another object to those who listen now. */
  public void send(ObjectEvent event) {
    send(listener -> listener.event(event));
  }

  /** Sends a message to those who listen now. */
  public void send(Consumer<DomainListener> message) {
    List<Listening> now = List.copyOf(listeners);
    if (now.isEmpty()) {
      return;
    }
    try {
      thread.execute(() -> now.forEach(listening -> tell(listening, message)));
      dropping.set(false);
    } catch (RejectedExecutionException e) {
      if (!thread.isShutdown() && dropping.compareAndSet(false, true)) {
        LOG.warn("{}: {} events wait for listeners, more are dropped", driver, WAITING_MAX);
      }
    }
  }

  private void tell(Listening listening, Consumer<DomainListener> message) {
    if (!listeners.contains(listening)) {
      return;
    }
    try {
      message.accept(listening.listener);
    } catch (RuntimeException e) {
      LOG.warn("{}: a listener failed", driver, e);
    }
  }

  /** Takes no more events; those that were sent still come to those who stay subscribed. */
  @Override
  public void close() {
    thread.shutdown();
  }
}
