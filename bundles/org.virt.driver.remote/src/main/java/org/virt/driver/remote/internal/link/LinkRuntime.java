package org.virt.driver.remote.internal.link;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;

/**
 * What all links of a driver share.
 *
 * @param limits how long what may take
 * @param timer for looks at the clock that return at once
 * @param work for what may block
 */
public record LinkRuntime(Limits limits, ScheduledExecutorService timer, ExecutorService work)
    implements AutoCloseable {
  /** Makes threads that end with {@link #close}. */
  public static LinkRuntime of(Limits limits) {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(1, named("virt-remote-timer"));
    timer.setRemoveOnCancelPolicy(true);
    return new LinkRuntime(limits, timer, Executors.newCachedThreadPool(named("virt-remote-work")));
  }

  /** Makes daemon threads of a name. */
  private static ThreadFactory named(String name) {
    return work -> {
      Thread thread = new Thread(work, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public void close() {
    timer.shutdownNow();
    work.shutdownNow();
  }
}
