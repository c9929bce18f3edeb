package org.virt.nwfilter.internal.manager;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one at a time in the order of their arrival, and after each batch of them a closing
 * task: on a thread of its own, or on that of a caller for whom somebody waits. An exception of a
 * task is logged; the others run all the same.
 */
final class Loop implements Executor, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
  private static final long END_MILLIS = 3_000;

  /** Tasks that follow each other sooner are better done together. */
  private static final long APART_NANOS = 2_000_000;

  private final LinkedBlockingDeque<Runnable> tasks = new LinkedBlockingDeque<>();
  private final ScheduledThreadPoolExecutor timer;
  private final Runnable afterBatch;
  private final Thread thread;

  /** Held by whoever runs tasks. */
  private final ReentrantLock turn = new ReentrantLock();

  /** How many tasks have been handed over and not been run. */
  private final AtomicInteger waiting = new AtomicInteger();

  /** What callers left to do; guarded by the turn. */
  private final List<Runnable> left = new ArrayList<>();

  /** When a caller ran a task the last time; guarded by the turn. */
  private long ranHere = System.nanoTime() - APART_NANOS;

  private volatile boolean ended;

  Loop(String name, Runnable afterBatch) {
    this.afterBatch = afterBatch;
    timer = new ScheduledThreadPoolExecutor(1, work -> daemon(work, name + "-timer"));
    timer.setRemoveOnCancelPolicy(true);
    // What is scheduled while the loop ends is not done.
    timer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    thread = daemon(this::run, name);
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  void start() {
    thread.start();
  }

  /** Has a task run soon; after the end of the loop it is dropped. */
  @Override
  public void execute(Runnable task) {
    waiting.incrementAndGet();
    tasks.add(task);
  }

  /**
   * Has a task run before this returns when none waits and none runs, which saves the time until
   * another thread wakes up; else soon. The caller holds no lock that tasks want.
   */
  void executeHere(Runnable task) {
    if (turn.isHeldByCurrentThread() || !turn.tryLock()) {
      execute(task);
      return;
    }
    try {
      if (waiting.get() > 0 || ended || System.nanoTime() - ranHere < APART_NANOS) {
        execute(task);
        return;
      }
      guarded(task);
      guarded(afterBatch);
      if (!left.isEmpty()) {
        execute(() -> {}); // the loop's thread wakes up for it
      }
      ranHere = System.nanoTime();
    } finally {
      turn.unlock();
    }
  }

  /**
   * Does something that a task can do without: at once, or when a caller has run the task, on the
   * loop's thread before any other task. Of tasks.
   */
  void afterwards(Runnable work) {
    if (Thread.currentThread() == thread) {
      work.run();
      return;
    }
    left.add(work);
  }

  /** Has a task run before all that wait. */
  void executeFirst(Runnable task) {
    waiting.incrementAndGet();
    tasks.addFirst(task);
  }

  /** Has a task run on the loop's thread after some time. */
  void schedule(Duration delay, Runnable task) {
    timer.schedule(() -> execute(task), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
  }

  private void run() {
    List<Runnable> batch = new ArrayList<>();
    while (!ended) {
      try {
        batch.add(tasks.take());
      } catch (InterruptedException e) {
        return;
      }
      turn.lock();
      try {
        tasks.drainTo(batch);
        left.forEach(Loop::guarded);
        left.clear();
        batch.forEach(Loop::guarded);
        guarded(afterBatch);
        waiting.addAndGet(-batch.size());
        batch.clear();
      } finally {
        turn.unlock();
      }
    }
  }

  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      LOG.error("filter manager: a task failed", e);
    }
  }

  /** Ends the thread after the tasks that have arrived, within a bounded wait. */
  @Override
  public void close() {
    timer.shutdownNow();
    execute(() -> ended = true);
    try {
      thread.join(END_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    thread.interrupt();
  }
}
