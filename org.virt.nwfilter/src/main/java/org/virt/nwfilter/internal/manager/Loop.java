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

  private final LinkedBlockingDeque<Runnable> tasks = new LinkedBlockingDeque<>();
  private final ScheduledThreadPoolExecutor timer;
  private final Runnable afterBatch;
  private final Thread thread;

  /** Held by whoever runs tasks. */
  private final ReentrantLock turn = new ReentrantLock();

  /** How many tasks have been handed over and not been run. */
  private final AtomicInteger waiting = new AtomicInteger();

  /** What tasks left to do behind the closing task; guarded by the turn. */
  private final List<Runnable> left = new ArrayList<>();

  /** The tasks that a caller hands over one by one and wants to have run as one batch. */
  private final ThreadLocal<List<Runnable>> gathered = new ThreadLocal<>();

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
   * another thread wakes up; else soon. Within {@link #together} it is run with the others of that.
   * The caller holds no lock that tasks want.
   */
  void executeHere(Runnable task) {
    List<Runnable> others = gathered.get();
    if (others == null) {
      runHere(List.of(task));
    } else {
      others.add(task);
    }
  }

  /**
   * Has a task run soon; within {@link #together} with the others of that, so that they stay in
   * their order.
   */
  void executeInOrder(Runnable task) {
    List<Runnable> others = gathered.get();
    if (others == null) {
      execute(task);
    } else {
      others.add(task);
    }
  }

  /** Has what the calling thread hands over meanwhile run as one batch, before this returns. */
  void together(Runnable handingOver) {
    if (gathered.get() != null) {
      handingOver.run();
      return;
    }
    List<Runnable> batch = new ArrayList<>();
    gathered.set(batch);
    try {
      handingOver.run();
    } finally {
      gathered.remove();
      runHere(batch);
    }
  }

  private void runHere(List<Runnable> batch) {
    if (turn.isHeldByCurrentThread() || !turn.tryLock()) {
      execute(() -> batch.forEach(Loop::guarded));
      return;
    }
    try {
      if (waiting.get() > 0 || ended) {
        execute(() -> batch.forEach(Loop::guarded));
      } else {
        run(batch);
      }
    } finally {
      turn.unlock();
    }
  }

  private void run(List<Runnable> batch) {
    batch.forEach(Loop::guarded);
    guarded(afterBatch);
    left.forEach(Loop::guarded);
    left.clear();
  }

  /**
   * Has something done behind the closing task that tasks do without: nobody waits for that. Of
   * tasks.
   */
  void afterwards(Runnable work) {
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
        run(batch);
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
