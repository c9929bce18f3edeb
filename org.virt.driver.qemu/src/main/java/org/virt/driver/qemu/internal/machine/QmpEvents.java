package org.virt.driver.qemu.internal.machine;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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

  void listen(Consumer<QmpEvent> listener) {
    listeners.add(listener);
  }

  void take(QmpEvent event) {
    listeners.forEach(listener -> listener.accept(event));
  }

  /** Begins to wait for an event; close it in any case. */
  Wait expect(Predicate<QmpEvent> which) {
    return new Wait(which);
  }

  /** One who waits for an event. */
  final class Wait implements AutoCloseable {
    private final CompletableFuture<QmpEvent> event = new CompletableFuture<>();
    private final Consumer<QmpEvent> listener;

    private Wait(Predicate<QmpEvent> which) {
      listener =
          told -> {
            if (which.test(told)) {
              event.complete(told);
            }
          };
      listeners.add(listener);
    }

    /** Returns the event, unless it does not come in time. */
    Optional<QmpEvent> await(Duration limit) {
      try {
        return Optional.of(event.get(limit.toNanos(), TimeUnit.NANOSECONDS));
      } catch (TimeoutException | ExecutionException e) {
        return Optional.empty();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
    }

    @Override
    public void close() {
      listeners.remove(listener);
    }
  }
}
