package org.virt.driver.remote.internal.link;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.virt.rpc.Procedure;
import org.virt.rpc.Program;
import org.virt.rpc.Protocol;

/** Notices an end that is gone, and answers one that asks. */
final class KeepAlive {
  private static final Procedure PING = Protocol.libvirt().procedure(Program.KEEPALIVE, "ping");
  private static final Procedure PONG = Protocol.libvirt().procedure(Program.KEEPALIVE, "pong");

  private final LinkRuntime runtime;
  private final Consumer<Procedure> messages;
  private final Sender sender;
  private final Consumer<String> cut;
  private final AtomicBoolean ponging = new AtomicBoolean();
  private final AtomicBoolean pinging = new AtomicBoolean();
  private volatile long heard = System.nanoTime();
  private volatile int unanswered;
  private volatile boolean asks;
  private volatile Future<?> looks;

  KeepAlive(
      LinkRuntime runtime, Consumer<Procedure> messages, Sender sender, Consumer<String> cut) {
    this.runtime = runtime;
    this.messages = messages;
    this.sender = sender;
    this.cut = cut;
  }

  void start() {
    long interval = runtime.limits().look().toNanos();
    looks =
        runtime
            .timer()
            .scheduleWithFixedDelay(this::look, interval, interval, TimeUnit.NANOSECONDS);
  }

  void stop() {
    Future<?> scheduled = looks;
    if (scheduled != null) {
      scheduled.cancel(false);
    }
  }

  void ask() {
    asks = true;
  }

  /** Takes note that something came, on the reading thread. */
  void heard() {
    heard = System.nanoTime();
    unanswered = 0;
  }

  /** Takes a message of the keep-alive program. */
  void take(int procedure) {
    if (procedure == PING.number()) {
      inBackground(PONG, ponging);
    }
  }

  private void look() {
    sender.complaint().ifPresent(cut);
    long silence = System.nanoTime() - heard;
    int asked = unanswered;
    if (!asks || silence <= runtime.limits().ping().toNanos() * (asked + 1L)) {
      return;
    }
    if (asked >= runtime.limits().pings()) {
      cut.accept(
          "nothing came from the other end for %d s"
              .formatted(TimeUnit.NANOSECONDS.toSeconds(silence)));
      return;
    }
    unanswered = asked + 1;
    inBackground(PING, pinging);
  }

  /** Sending may block, which neither the reading thread nor the timer's may. */
  private void inBackground(Procedure message, AtomicBoolean busy) {
    if (!busy.compareAndSet(false, true)) {
      return;
    }
    try {
      runtime
          .work()
          .execute(
              () -> {
                busy.set(false);
                messages.accept(message);
              });
    } catch (RejectedExecutionException e) {
      cut.accept("the driver has left");
    }
  }
}
