package org.virt.test.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.virt.api.DomainEvent;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainId;
import org.virt.api.DomainListener;

/** Keeps the events that it hears, and waits for those that a test expects. */
public final class EventLog implements DomainListener {
  private final List<DomainEvent> events = new ArrayList<>();
  private final Duration limit;

  /**
   * Makes an empty log.
   *
   * @param limit how long an event may take
   */
  public EventLog(Duration limit) {
    this.limit = limit;
  }

  @Override
  public synchronized void event(DomainEvent event) {
    events.add(event);
    notifyAll();
  }

  /** Returns the kinds of a machine's events so far, without the announcement of a power-off. */
  public synchronized List<Kind> kinds(DomainId domain) {
    return events.stream()
        .filter(event -> event.domain().equals(domain))
        .map(DomainEvent::kind)
        .filter(kind -> kind.type() != Kind.SHUTDOWN_FINISHED.type())
        .toList();
  }

  /**
   * Waits until the kinds of a machine's events are as given, and fails when they are not in time.
   */
  public void await(DomainId domain, List<Kind> expected) throws InterruptedException {
    waitFor(log -> log.kinds(domain).size() >= expected.size());
    assertEquals(expected, kinds(domain), "events of " + domain);
  }

  /** Waits until something of a kind was heard of a machine, and fails when it is not in time. */
  public void awaitLast(DomainId domain, Kind last) throws InterruptedException {
    waitFor(log -> log.kinds(domain).contains(last));
    assertTrue(kinds(domain).contains(last), "events of " + domain + ": " + kinds(domain));
  }

  /** Forgets what was heard. */
  public synchronized void clear() {
    events.clear();
  }

  private synchronized void waitFor(Predicate<EventLog> condition) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.test(this)) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return;
      }
      wait(left);
    }
  }
}
