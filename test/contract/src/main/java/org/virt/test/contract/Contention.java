package org.virt.test.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.spi.driver.DriverConnection;

/** Threads that want different things of one machine at the same time. */
final class Contention {
  private static final int PAIRS = 2;
  private static final long LIMIT_SECONDS = 120;

  private final DriverConnection connection;
  private final DomainId id;
  private final int rounds;

  Contention(DriverConnection connection, DomainId id, int rounds) {
    this.connection = connection;
    this.id = id;
    this.rounds = rounds;
  }

  /** Something that may be refused. */
  @FunctionalInterface
  interface Try<T> {
    void with(T value) throws VirtException;
  }

  /** Half of the threads start, half destroy; each success has its event, and they alternate. */
  void run(EventLog events) throws Exception {
    List<Integer> threads = new ArrayList<>();
    for (int i = 0; i < 2 * PAIRS; i++) {
      threads.add(i);
    }
    List<Integer> successes = inThreads(threads, thread -> oneThread(thread % 2 == 0));
    int starts = 0;
    int destroys = 0;
    for (int thread : threads) {
      if (thread % 2 == 0) {
        starts += successes.get(thread);
      } else {
        destroys += successes.get(thread);
      }
    }
    boolean running = connection.summary(id).isActive();
    assertEquals(running ? destroys + 1 : destroys, starts, "starts and destroys that succeeded");
    List<Kind> expected = new ArrayList<>();
    for (int i = 0; i < starts + destroys; i++) {
      expected.add(i % 2 == 0 ? Kind.STARTED_BOOTED : Kind.STOPPED_DESTROYED);
    }
    events.await(id, expected);
  }

  private int oneThread(boolean start) throws VirtException {
    int successes = 0;
    for (int i = 0; i < rounds; i++) {
      if (start) {
        successes += succeeds(connection::start, id, ErrorCode.OPERATION_INVALID) ? 1 : 0;
      } else {
        successes += succeeds(connection::destroy, id, ErrorCode.OPERATION_INVALID) ? 1 : 0;
      }
    }
    return successes;
  }

  /**
   * Tries something with each of several values, all at the same time.
   *
   * @param refusal the one error that is allowed
   * @return whether it succeeded, value by value
   */
  static <T> List<Boolean> atOnce(List<T> values, Try<T> call, ErrorCode refusal) throws Exception {
    return inThreads(values, value -> succeeds(call, value, refusal));
  }

  private static <T> boolean succeeds(Try<T> call, T value, ErrorCode refusal)
      throws VirtException {
    try {
      call.with(value);
      return true;
    } catch (VirtException e) {
      if (e.code() != refusal) {
        throw e;
      }
      return false;
    }
  }

  /** What a thread does with its value. */
  @FunctionalInterface
  private interface Work<T, R> {
    R with(T value) throws Exception;
  }

  private static <T, R> List<R> inThreads(List<T> values, Work<T, R> work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(values.size());
    try {
      CyclicBarrier together = new CyclicBarrier(values.size());
      List<Callable<R>> calls = new ArrayList<>();
      for (T value : values) {
        calls.add(
            () -> {
              together.await(LIMIT_SECONDS, TimeUnit.SECONDS);
              return work.with(value);
            });
      }
      List<R> results = new ArrayList<>();
      for (Future<R> result : threads.invokeAll(calls, LIMIT_SECONDS, TimeUnit.SECONDS)) {
        results.add(result.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
