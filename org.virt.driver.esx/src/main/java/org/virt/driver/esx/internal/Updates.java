package org.virt.driver.esx.internal;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.DomainEvent;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainListener;
import org.virt.api.DomainListeners;
import org.virt.api.DomainState;
import org.virt.api.DomainSummary;
import org.virt.api.Subscription;
import org.virt.api.VirtException;

/**
 * Tells of changes, from the first listener on: one request that the host answers when something
 * has changed (WaitForUpdatesEx), on a thread of its own. What has changed is found by comparing
 * with what was there before, so that an interruption loses no final state.
 */
final class Updates implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Updates.class);
  private static final Duration WAIT = Duration.ofMinutes(1);

  /** Soon, for most interruptions are those of an idle connection; then twice as late each time. */
  private static final long FIRST_RETRY_MILLIS = 200;

  private static final long LAST_RETRY_MILLIS = 60_000;

  private final Vim vim;
  private final Machines machines;
  private final DomainListeners listeners = new DomainListeners("esx");
  private final ReentrantLock lock = new ReentrantLock();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Map<Object, DomainSummary> before = new HashMap<>();
  private volatile Optional<Watch> current = Optional.empty();
  private Thread thread;
  private boolean closed;

  Updates(Vim vim, Machines machines) {
    this.vim = vim;
    this.machines = machines;
  }

  Subscription subscribe(DomainListener listener) throws VirtException {
    lock.lock();
    try {
      if (thread == null && !closed) {
        Watch watch = begin();
        thread = new Thread(() -> run(watch), "virt-driver-esx-events-" + vim.host());
        thread.setDaemon(true);
        thread.start();
      }
      return listeners.subscribe(listener);
    } finally {
      lock.unlock();
    }
  }

  private Watch begin() throws VirtException {
    Query query = machines.query();
    query.properties("HostSystem", "vm");
    query.properties("VirtualMachine", Machines.NAME, Machines.STATE);
    Watch watch = Watch.open(vim, "watch domains of " + vim.host(), query);
    current = Optional.of(watch);
    watch.await(WAIT);
    compare();
    return watch;
  }

  private void run(Watch first) {
    Watch watch = first;
    long retry = FIRST_RETRY_MILLIS;
    while (isOpen()) {
      try {
        if (watch == null) {
          watch = begin();
        } else if (!watch.await(WAIT).isEmpty()) {
          compare();
        }
        retry = FIRST_RETRY_MILLIS;
      } catch (VirtException e) {
        if (isOpen()) {
          current.ifPresent(Watch::close);
          LOG.warn("{}; trying again in {} ms", e.getMessage(), retry);
          pause(retry);
          retry = Math.min(retry * 2, LAST_RETRY_MILLIS);
        }
        watch = null;
      }
    }
  }

  private void compare() throws VirtException {
    Set<Object> seen = new HashSet<>();
    boolean first = before.isEmpty() && thread == null;
    for (DomainSummary now : machines.list()) {
      seen.add(now.id());
      DomainSummary then = before.put(now.id(), now);
      if (!first) {
        tell(then, now);
      }
    }
    for (Object id : List.copyOf(before.keySet())) {
      if (!seen.contains(id)) {
        send(before.remove(id), Kind.UNDEFINED_REMOVED);
      }
    }
  }

  private void tell(DomainSummary then, DomainSummary now) {
    if (then == null) {
      send(now, Kind.DEFINED_ADDED);
    } else if (!then.name().equals(now.name())) {
      send(then, Kind.UNDEFINED_RENAMED);
      send(now, Kind.DEFINED_RENAMED);
    }
    DomainState from = then == null ? DomainState.SHUTOFF : then.status().state();
    DomainState to = now.status().state();
    if (from == to) {
      return;
    }
    switch (to) {
      case RUNNING ->
          send(now, from == DomainState.PAUSED ? Kind.RESUMED_UNPAUSED : Kind.STARTED_BOOTED);
      case PAUSED -> send(now, Kind.SUSPENDED_PAUSED);
      default -> send(now, Kind.STOPPED_SHUTDOWN);
    }
  }

  private void send(DomainSummary machine, Kind kind) {
    listeners.send(new DomainEvent(machine.id(), machine.name(), kind, ""));
  }

  private boolean isOpen() {
    lock.lock();
    try {
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void pause(long millis) {
    try {
      if (ended.await(millis, TimeUnit.MILLISECONDS)) {
        LOG.debug("{}: closed while waiting", vim.host());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      listeners.close();
      ended.countDown();
      if (thread != null) {
        thread.interrupt();
      }
    } finally {
      lock.unlock();
    }
    current.ifPresent(Watch::close);
  }
}
