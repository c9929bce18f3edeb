package org.virt.shell.internal.server;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.shell.internal.wire.Frame;
import org.virt.shell.internal.wire.Wire;

/**
 * What comes from a client after its request. Most commands wait for nothing but answers to what
 * they ask, and read them themselves; a thread that always listens is needed only by those that the
 * user may interrupt, or types for.
 */
final class Incoming implements Questions.Reading {
  private static final Logger LOG = LoggerFactory.getLogger(Incoming.class);

  private final Wire wire;
  private final Consumer<Runnable> attend;
  private final ByteQueue input = new ByteQueue();
  private final Questions questions;
  private final Interrupts interrupts = new Interrupts();
  private volatile Consumer<String> window = size -> {};

  /** Held by the one thread that reads. */
  private final ReentrantLock reading = new ReentrantLock();

  private final AtomicBoolean attended = new AtomicBoolean();

  /** Whether the client has gone; guarded by {@link #reading}. */
  private boolean over;

  /**
   * Reads nothing yet.
   *
   * @param attend has a thread run what it is given, {@link #listen}; called at most once
   */
  Incoming(Wire wire, Consumer<Runnable> attend) {
    this.wire = wire;
    this.attend = attend;
    this.questions = new Questions(wire, this);
  }

  @Override
  public void attend() {
    if (attended.compareAndSet(false, true)) {
      attend.accept(this::listen);
    }
  }

  /** Reads until the client has gone. */
  void listen() {
    reading.lock();
    try {
      while (!over) {
        receive();
      }
    } finally {
      reading.unlock();
    }
  }

  @Override
  public boolean readOne() {
    // Whoever has the lock reads on; waiting for it could be waiting for the client to go.
    if (!reading.tryLock()) {
      return false;
    }
    try {
      if (attended.get() || over) {
        return false;
      }
      receive();
      return true;
    } finally {
      reading.unlock();
    }
  }

  private void receive() {
    try {
      Frame frame = wire.receive();
      if (frame != null) {
        take(frame);
        return;
      }
    } catch (IOException e) {
      LOG.debug("client connection ended: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    over = true;
    input.end();
    questions.gone();
    interrupts.fireForever();
  }

  private void take(Frame frame) throws InterruptedException {
    switch (frame.type()) {
      case INPUT -> input.put(frame.payload());
      case INPUT_END -> input.end();
      case INTERRUPT -> interrupts.fire();
      case WINDOW -> window.accept(frame.text());
      default -> questions.answered(frame);
    }
  }

  /** Returns what the user types, or has in standard input. */
  InputStream input() {
    attend();
    return input;
  }

  /** Returns what the client is asked. */
  Questions questions() {
    return questions;
  }

  /** Returns what is done when the user interrupts. */
  Interrupts interrupts() {
    attend();
    return interrupts;
  }

  /** Has new sizes of the client's window handed on, as {@code columns rows}. */
  void onWindow(Consumer<String> listener) {
    attend();
    window = listener;
  }
}
