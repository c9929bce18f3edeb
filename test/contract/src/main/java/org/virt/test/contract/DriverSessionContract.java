package org.virt.test.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainId;
import org.virt.api.DomainState;
import org.virt.api.ErrorCode;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.spi.driver.DriverConnection;

/** The part of the contract that is about several users: connections, subscriptions, threads. */
abstract class DriverSessionContract extends DriverFixture {
  @Test
  void showsTheSameMachinesOnAllConnections() throws Exception {
    DriverConnection other = open();
    EventLog heard = new EventLog(limit());
    other.subscribe(heard);
    DomainId id = define();
    connection.start(id);
    assertEquals(connection.summary(id), other.summary(id));
    other.destroy(id);
    heard.await(id, List.of(Kind.DEFINED_ADDED, Kind.STARTED_BOOTED, Kind.STOPPED_DESTROYED));
  }

  @Test
  void closesWithoutTouchingMachines() throws Exception {
    DriverConnection other = open();
    EventLog heard = new EventLog(limit());
    other.subscribe(heard);
    DomainId id = define();
    other.start(id);
    heard.await(id, List.of(Kind.DEFINED_ADDED, Kind.STARTED_BOOTED));
    other.close();
    other.close();
    assertEquals(DomainState.RUNNING, connection.summary(id).status().state());
    connection.suspend(id);
    drainEvents();
    assertEquals(List.of(Kind.DEFINED_ADDED, Kind.STARTED_BOOTED), heard.kinds(id));
  }

  @Test
  void tellsNothingAfterTheEndOfASubscription() throws Exception {
    EventLog heard = new EventLog(limit());
    Subscription subscription = connection.subscribe(heard);
    DomainId id = define();
    heard.await(id, List.of(Kind.DEFINED_ADDED));
    subscription.close();
    subscription.close();
    connection.start(id);
    drainEvents();
    assertEquals(List.of(Kind.DEFINED_ADDED), heard.kinds(id));
    assertEquals(List.of(Kind.STARTED_BOOTED), events.kinds(id));
  }

  @Test
  void keepsAListenerThatFails() throws Exception {
    EventLog heard = new EventLog(limit());
    connection.subscribe(
        event -> {
          heard.event(event);
          throw new IllegalStateException("a listener that fails on purpose");
        });
    DomainId id = define();
    connection.start(id);
    heard.await(id, List.of(Kind.DEFINED_ADDED, Kind.STARTED_BOOTED));
    events.await(id, List.of(Kind.STARTED_BOOTED));
  }

  @Test
  void refusesAPathThatItDoesNotServe() {
    URI other = URI.create(uri().getScheme() + ":///no/such/path");
    VirtException e = assertThrows(VirtException.class, () -> open(other).close());
    assertTrue(
        List.of(
                ErrorCode.NO_CONNECT,
                ErrorCode.INVALID_ARG,
                ErrorCode.OPEN_FAILED,
                ErrorCode.NO_SUPPORT)
            .contains(e.code()),
        e.code() + ": " + e.getMessage());
  }

  @Test
  void startsAndDestroysFromManyThreads() throws Exception {
    new Contention(connection, define(), rounds()).run(events);
  }

  @Test
  void letsOneOfManyHaveAName() throws Exception {
    String name = "contract-" + UUID.randomUUID().toString().substring(0, 8);
    List<String> all = Stream.generate(() -> newXml(name)).limit(4).toList();
    long defined =
        Contention.atOnce(all, connection::define, ErrorCode.OPERATION_FAILED).stream()
            .filter(Boolean::booleanValue)
            .count();
    assertEquals(1, defined);
    assertEquals(1, connection.domains().stream().filter(d -> d.name().equals(name)).count());
  }
}
