package org.virt.driver.esx.internal;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.DomainEvent;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainListener;
import org.virt.api.DomainState;
import org.virt.api.DomainSummary;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.driver.esx.internal.soap.Body;
import org.virt.driver.esx.internal.soap.Node;
import org.virt.driver.esx.internal.soap.Ref;
import org.virt.driver.esx.internal.soap.VimFault;

/**
 * Tells of changes, from the first listener on: one request that the host answers when something
 * has changed (WaitForUpdatesEx), on a thread of its own. What has changed is found by comparing
 * with what was there before, so that an interruption loses no final state.
 */
final class Updates implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Updates.class);
  private static final int WAIT_SECONDS = 60;
  private static final Duration WAIT_LIMIT = Duration.ofSeconds(WAIT_SECONDS + 30);
  private static final long FIRST_RETRY_SECONDS = 2;
  private static final long LAST_RETRY_SECONDS = 60;

  private final Vim vim;
  private final Machines machines;
  private final List<Listening> listeners = new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Map<Object, DomainSummary> before = new HashMap<>();
  private volatile Optional<Ref> collector = Optional.empty();
  private Thread thread;
  private boolean closed;

  Updates(Vim vim, Machines machines) {
    this.vim = vim;
    this.machines = machines;
  }

  private final class Listening implements Subscription {
    final DomainListener listener;

    Listening(DomainListener listener) {
      this.listener = listener;
    }

    @Override
    public void close() {
      listeners.remove(this);
    }
  }

  Subscription subscribe(DomainListener listener) throws VirtException {
    Listening listening = new Listening(listener);
    lock.lock();
    try {
      if (thread == null && !closed) {
        Watch watch = begin();
        thread = new Thread(() -> run(watch), "virt-driver-esx-events-" + vim.host());
        thread.setDaemon(true);
        thread.start();
      }
      listeners.add(listening);
      return listening;
    } finally {
      lock.unlock();
    }
  }

  /** A collector of our own and how far it has told. */
  private record Watch(Ref collector, String version) {}

  private Watch begin() throws VirtException {
    String action = "watch domains of " + vim.host();
    Ref common = vim.manager(action, "propertyCollector");
    Ref own = vim.ask(action, "CreatePropertyCollector", common, new Body()).at("returnval").ref();
    collector = Optional.of(own);
    Query query = machines.query();
    query.properties("HostSystem", "vm");
    query.properties("VirtualMachine", Machines.NAME, Machines.STATE);
    Body body = query.spec("spec").text("partialUpdates", false);
    vim.ask(action, "CreateFilter", own, body);
    Node first =
        vim.ask(action, "WaitForUpdatesEx", own, new Body().text("version", "")).at("returnval");
    compare();
    return new Watch(own, first.text("version"));
  }

  private void run(Watch first) {
    Watch watch = first;
    long retry = FIRST_RETRY_SECONDS;
    while (isOpen()) {
      try {
        watch = watch == null ? begin() : await(watch);
        retry = FIRST_RETRY_SECONDS;
      } catch (VirtException e) {
        if (isOpen()) {
          LOG.warn("{}; trying again in {} s", e.getMessage(), retry);
          pause(retry);
          retry = Math.min(retry * 2, LAST_RETRY_SECONDS);
        }
        watch = null;
      }
    }
  }

  private Watch await(Watch watch) throws VirtException {
    String action = "watch domains of " + vim.host();
    Body body =
        new Body()
            .text("version", watch.version())
            .open("options")
            .text("maxWaitSeconds", WAIT_SECONDS)
            .close("options");
    Node answer;
    try {
      answer = vim.request(action, "WaitForUpdatesEx", watch.collector(), body, WAIT_LIMIT);
    } catch (VimFault e) {
      throw vim.error(action, e);
    }
    Node set = answer.at("returnval");
    if (set.children().isEmpty()) {
      return watch;
    }
    compare();
    return new Watch(watch.collector(), set.text("version"));
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
    DomainEvent event = new DomainEvent(machine.id(), machine.name(), kind, "");
    for (Listening listening : listeners) {
      try {
        listening.listener.event(event);
      } catch (RuntimeException e) {
        LOG.warn("tell {} of domain {}: the listener failed", kind, machine.name(), e);
      }
    }
  }

  private boolean isOpen() {
    lock.lock();
    try {
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void pause(long seconds) {
    try {
      if (ended.await(seconds, TimeUnit.SECONDS)) {
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
      listeners.clear();
      ended.countDown();
      if (thread != null) {
        thread.interrupt();
      }
    } finally {
      lock.unlock();
    }
    // Without it, the host would go on with the request that nobody waits for.
    collector.ifPresent(own -> vim.tell("DestroyPropertyCollector", own));
  }
}
