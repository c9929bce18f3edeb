package org.virt.nwfilter.internal.manager;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.Subscription;
import org.virt.api.nwfilter.FilterListener;

/** Sends events to listeners, in order, on a thread of its own that lives while there is work. */
final class Events implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Events.class);
  private static final int IDLE_SECONDS = 10;

  private final List<FilterListener> listeners = new CopyOnWriteArrayList<>();
  private final ExecutorService sender;

  Events() {
    ThreadPoolExecutor one =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "virt-nwfilter-events");
              thread.setDaemon(true);
              return thread;
            });
    one.allowCoreThreadTimeOut(true);
    sender = one;
  }

  Subscription subscribe(FilterListener listener) {
    // A wrapper, so that a listener may subscribe twice and each subscription ends for itself.
    FilterListener own = new Forward(listener);
    listeners.add(own);
    return () -> listeners.remove(own);
  }

  void send(Consumer<FilterListener> event) {
    if (!listeners.isEmpty()) {
      execute(() -> listeners.forEach(listener -> guarded(listener, event)));
    }
  }

  /** Has something done behind all that was sent, by the thread that sends. */
  void execute(Runnable work) {
    try {
      sender.execute(work);
    } catch (RejectedExecutionException e) {
      LOG.debug("event after the end", e);
    }
  }

  private static void guarded(FilterListener listener, Consumer<FilterListener> event) {
    try {
      event.accept(listener);
    } catch (RuntimeException | LinkageError e) {
      LOG.warn("a filter listener failed", e);
    }
  }

  @Override
  public void close() {
    listeners.clear();
    sender.shutdown();
  }

  private record Forward(FilterListener to, Object identity) implements FilterListener {
    Forward(FilterListener to) {
      this(to, new Object());
    }

    @Override
    public void portChanged(org.virt.api.nwfilter.PortStatus status) {
      to.portChanged(status);
    }

    @Override
    public void addressLearned(org.virt.api.nwfilter.PortAddress address) {
      to.addressLearned(address);
    }

    @Override
    public void addressLost(org.virt.api.nwfilter.PortAddress address) {
      to.addressLost(address);
    }

    @Override
    public void addressEvent(org.virt.api.nwfilter.AddressEvent event) {
      to.addressEvent(event);
    }
  }
}
