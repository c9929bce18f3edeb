package org.virt.nwfilter.internal.manager;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that runs tasks in the order of their arrival, and after each batch of them a closing
 * task. An exception of a task is logged; the others run all the same.
 */
final class Loop implements Executor, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
  private static final long END_MILLIS = 3_000;

  private final LinkedBlockingDeque<Runnable> tasks = new LinkedBlockingDeque<>();
  private final ScheduledThreadPoolExecutor timer;
  private final Runnable afterBatch;
  private final Thread thread;
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
    tasks.add(task);
  }

  /** Has a task run before all that wait. */
  void executeFirst(Runnable task) {
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
      tasks.drainTo(batch);
      batch.forEach(Loop::guarded);
      batch.clear();
      guarded(afterBatch);
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
