package org.virt.remote.internal;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that calls are carried out by. All of them end when there is nothing to do. */
final class Workers implements AutoCloseable {
  private static final long IDLE_SECONDS = 30;
  private static final long END_SECONDS = 3;

  /** One thread for each direction of an open stream. */
  private static final int MOST_STREAM_THREADS = 512;

  private final ExecutorService ordinary;
  private final ExecutorService priority;
  private final ExecutorService events;
  private final ExecutorService streams;

  Workers(int ordinaryThreads, int priorityThreads) {
    ordinary = pool("virt-remote-work", ordinaryThreads);
    priority = pool("virt-remote-priority", priorityThreads);
    events = pool("virt-remote-events", 1);
    streams =
        new ThreadPoolExecutor(
            0,
            MOST_STREAM_THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> thread("virt-remote-stream", task));
  }

  Executor ordinary() {
    return ordinary;
  }

  Executor priority() {
    return priority;
  }

  Executor events() {
    return events;
  }

  Executor streams() {
    return streams;
  }

  @Override
  public void close() {
    for (ExecutorService pool : new ExecutorService[] {ordinary, priority, events, streams}) {
      pool.shutdownNow();
    }
    try {
      ordinary.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Makes a thread only while none is idle; when there are as many as may be, tasks wait. */
  private static ExecutorService pool(String name, int threads) {
    AtomicInteger number = new AtomicInteger();
    HandingOver tasks = new HandingOver();
    return new ThreadPoolExecutor(
        0,
        threads,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        tasks,
        task -> thread(name + "-" + number.incrementAndGet(), task),
        (task, pool) -> {
          if (pool.isShutdown()) {
            throw new RejectedExecutionException("the server ends");
          }
          tasks.put(task);
        });
  }

  /** Takes a task at once only when a thread waits for it. */
  private static final class HandingOver extends LinkedTransferQueue<Runnable> {
    private static final long serialVersionUID = 1;

    @Override
    public boolean offer(Runnable task) {
      return tryTransfer(task);
    }
  }

  private static Thread thread(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }
}
