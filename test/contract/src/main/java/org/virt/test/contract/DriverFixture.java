package org.virt.test.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.function.Executable;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainId;
import org.virt.api.DomainSummary;
import org.virt.api.DomainSummary.Persistence;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.spi.driver.DriverConnection;
import org.virt.spi.driver.HypervisorDriver;

/** What a driver gives to its contract's tests, and what these share. Leaves no machine behind. */
public abstract class DriverFixture {
  private final Deque<DriverConnection> connections = new ConcurrentLinkedDeque<>();
  private final Set<DomainId> made = ConcurrentHashMap.newKeySet();
  private HypervisorDriver opener;

  /** An open connection. */
  protected DriverConnection connection;

  /** Events of all machines, from the start of the test on. */
  protected EventLog events;

  /** Returns the driver, ready to open connections; asked for once in each test. */
  protected abstract HypervisorDriver driver() throws Exception;

  /** Returns the URI to open. */
  protected abstract URI uri();

  /**
   * Returns the domain XML of the smallest machine that runs until it is told otherwise.
   *
   * @param name contains {@code <name>} exactly once, with this name
   * @param uuid is its UUID
   */
  protected abstract String domainXml(String name, UUID uuid);

  /** Returns how long a call with its events may take. */
  protected Duration limit() {
    return Duration.ofSeconds(10);
  }

  /** Says whether the guest of {@link #domainXml} reacts to a request to power off or reboot. */
  protected boolean guestObeys() {
    return true;
  }

  /** Returns how often each of several threads starts and destroys one machine. */
  protected int rounds() {
    return 20;
  }

  /** Releases what {@link #driver} took. */
  protected void stopDriver() throws Exception {}

  @BeforeEach
  void openConnection() throws Exception {
    opener = driver();
    connection = open();
    events = new EventLog(limit());
    connection.subscribe(events);
  }

  @AfterEach
  void removeMachines() throws Exception {
    try {
      DriverConnection last = open();
      for (DomainSummary domain : last.domains()) {
        if (made.contains(domain.id())) {
          remove(last, domain);
        }
      }
    } finally {
      connections.forEach(DriverConnection::close);
      stopDriver();
    }
  }

  /** Opens one more connection, which is closed after the test. */
  protected final DriverConnection open() throws VirtException {
    DriverConnection opened = opener.open(uri());
    connections.add(opened);
    return opened;
  }

  /** Opens a connection by another URI. */
  protected final DriverConnection open(URI other) throws VirtException {
    return opener.open(other);
  }

  /** Returns domain XML of a name that no other machine has. */
  protected final String newXml() {
    UUID uuid = UUID.randomUUID();
    made.add(new DomainId(uuid));
    return domainXml("contract-" + uuid.toString().substring(0, 8), uuid);
  }

  /** Returns domain XML of a given name and a new UUID. */
  protected final String newXml(String name) {
    UUID uuid = UUID.randomUUID();
    made.add(new DomainId(uuid));
    return domainXml(name, uuid);
  }

  /** Defines a machine and forgets the event. */
  protected final DomainId define() throws Exception {
    DomainId id = connection.define(newXml());
    events.await(id, List.of(Kind.DEFINED_ADDED));
    events.clear();
    return id;
  }

  /** Returns a machine's summary, nothing when it is gone. */
  protected final Optional<DomainSummary> find(DomainId id) throws VirtException {
    return connection.domains().stream().filter(domain -> domain.id().equals(id)).findFirst();
  }

  /**
   * Waits until all events so far have come: those of a machine that is defined now come after
   * them.
   */
  protected final void drainEvents() throws Exception {
    DomainId last = connection.define(newXml());
    events.await(last, List.of(Kind.DEFINED_ADDED));
  }

  /** Expects an error and returns its message. */
  protected static String fails(ErrorCode code, Executable call) {
    VirtException e = assertThrows(VirtException.class, call);
    assertEquals(code, e.code(), e.getMessage());
    return e.getMessage();
  }

  private static void remove(DriverConnection last, DomainSummary domain) throws VirtException {
    if (domain.isActive()) {
      last.destroy(domain.id());
    }
    if (domain.persistence() != Persistence.TRANSIENT) {
      last.undefine(domain.id());
    }
  }
}
