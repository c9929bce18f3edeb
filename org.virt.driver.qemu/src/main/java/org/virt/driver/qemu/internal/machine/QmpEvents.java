package org.virt.driver.qemu.internal.machine;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.virt.driver.qemu.internal.qmp.QmpEvent;

/** Hands what one QEMU tells to those who listen or wait; on the monitor's thread. */
final class QmpEvents {
  private final List<Consumer<QmpEvent>> listeners = new CopyOnWriteArrayList<>();
  private final Set<Wait> waits = ConcurrentHashMap.newKeySet();

  void listen(Consumer<QmpEvent> listener) {
    listeners.add(listener);
  }

  void take(QmpEvent event) {
    listeners.forEach(listener -> listener.accept(event));
    waits.forEach(wait -> wait.take(event));
  }

  /** Says that the monitor was lost, and events with it: who waits does so no longer. */
  void lost() {
    waits.forEach(Wait::end);
  }

  /** Begins to wait for an event; close it in any case. */
  Wait expect(Predicate<QmpEvent> which) {
    return new Wait(which);
  }

  /** One who waits for an event. */
  final class Wait implements AutoCloseable {
    private final CompletableFuture<Optional<QmpEvent>> event = new CompletableFuture<>();
    private final Predicate<QmpEvent> which;

    private Wait(Predicate<QmpEvent> which) {
      this.which = which;
      waits.add(this);
    }

    private void take(QmpEvent told) {
      if (which.test(told)) {
        event.complete(Optional.of(told));
      }
    }

    private void end() {
      event.complete(Optional.empty());
    }

    /** Returns the event, unless it does not come in time or the monitor is lost. */
    Optional<QmpEvent> await(Duration limit) {
      try {
        return event.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException | ExecutionException e) {
        return Optional.empty();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
    }

    @Override
    public void close() {
      waits.remove(this);
    }
  }
}
