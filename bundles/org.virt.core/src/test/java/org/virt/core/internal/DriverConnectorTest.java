package org.virt.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.osgi.framework.ServiceReference;
import org.virt.api.Connect;
import org.virt.api.Domain;
import org.virt.api.Domain.Autostart;
import org.virt.api.DomainEvent;
import org.virt.api.DomainSummary;
import org.virt.api.ErrorCode;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.api.auth.Authenticator;
import org.virt.spi.driver.HypervisorDriver;

class DriverConnectorTest {
  private static final URI TEST = URI.create("test:///default");

  private final DriverConnector connector = new DriverConnector();
  private final FakeDriver driver = new FakeDriver();
  private final ServiceReference<HypervisorDriver> reference = FakeDriver.reference(0, "test");

  @Test
  void picksTheHighestRankingDriverOfTheScheme() throws VirtException {
    FakeDriver better = new FakeDriver();
    ServiceReference<HypervisorDriver> betterReference =
        FakeDriver.reference(1, new String[] {"other", "TEST"});
    connector.bindDriver(betterReference, better);
    connector.bindDriver(reference, driver);
    better.add(1, "better");
    assertEquals(List.of("other", "test"), connector.schemes());
    assertEquals("better", connector.open(TEST).domains().get(0).name());

    connector.unbindDriver(betterReference);
    assertEquals(List.of(), connector.open(TEST).domains());
  }

  @Test
  void picksADriverOfTheTransportForAnyHypervisor() throws VirtException {
    FakeDriver any = new FakeDriver();
    any.add(1, "any");
    connector.bindDriver(FakeDriver.reference(9, "*+tcp"), any);
    connector.bindDriver(FakeDriver.reference(0, new String[] {"test", "test+tcp"}), driver);
    driver.add(1, "named");
    assertEquals("any", connector.open(URI.create("XEN+tcp:///default")).domains().get(0).name());
    assertEquals(
        "named", connector.open(URI.create("test+tcp:///default")).domains().get(0).name());
    fails(ErrorCode.NO_CONNECT, () -> connector.open(URI.create("xen:///default")));
    fails(ErrorCode.NO_CONNECT, () -> connector.open(URI.create("xen+unix:///default")));
  }

  @Test
  void letsTheDriverAskTheUser() throws VirtException {
    connector.bindDriver(reference, driver);
    Authenticator user = Authenticator.none();
    connector.open(TEST, user);
    assertEquals(List.of(user), driver.users);
    connector.open(TEST);
    VirtException e =
        assertThrows(VirtException.class, () -> driver.users.get(1).answer(List.of()));
    assertEquals(ErrorCode.AUTH_FAILED, e.code());
  }

  @Test
  void saysWhichSchemesAreInstalled() {
    assertEquals(
        "open qemu:///system: no driver for 'qemu' is installed; installed: none",
        fails(ErrorCode.NO_CONNECT, () -> connector.open(URI.create("qemu:///system"))));
    connector.bindDriver(FakeDriver.reference(0, new String[] {"test", "esx"}), driver);
    assertEquals(
        "open qemu:///system: no driver for 'qemu' is installed; installed: esx, test",
        fails(ErrorCode.NO_CONNECT, () -> connector.open(URI.create("qemu:///system"))));
    fails(ErrorCode.INVALID_ARG, () -> connector.open(URI.create("system")));
    fails(ErrorCode.OPEN_FAILED, () -> connector.open(URI.create("test:///other")));
  }

  @Test
  void answersNoConnectOnceTheDriverHasLeftEvenWhenItComesBack() throws Exception {
    connector.bindDriver(reference, driver);
    driver.add(1, "a");
    Connect connect = connector.open(TEST);
    Domain domain = connect.lookup("a");
    List<DomainEvent> events = new ArrayList<>();
    connect.subscribe(events::add);
    connector.unbindDriver(reference);
    connector.bindDriver(FakeDriver.reference(0, "test"), driver);

    assertFalse(connect.isAlive());
    fails(ErrorCode.NO_CONNECT, connect::domains);
    fails(ErrorCode.NO_CONNECT, domain::start);
    fails(ErrorCode.NO_CONNECT, () -> domain.autostart(Autostart.ON));
    assertTrue(driver.closed.await(5, TimeUnit.SECONDS), "the driver's side was not closed");
    assertEquals(List.of(), driver.listeners);
    assertEquals(1, connector.open(TEST).domains().size());

    connect.close();
    fails(ErrorCode.INVALID_CONN, connect::domains);
  }

  @Test
  void failsACallInFlightWhenItsDriverLeaves() throws Exception {
    connector.bindDriver(reference, driver);
    Connect connect = connector.open(TEST);
    CountDownLatch entered = new CountDownLatch(1);
    driver.behaviour =
        () -> {
          entered.countDown();
          awaitClose();
          throw new IllegalStateException("stopped");
        };
    ExecutorService caller = Executors.newSingleThreadExecutor();
    try {
      Future<String> answer =
          caller.submit(() -> fails(ErrorCode.NO_CONNECT, connect::capabilities));
      assertTrue(entered.await(5, TimeUnit.SECONDS));
      connector.unbindDriver(reference);
      assertEquals(
          "get capabilities of test:///default: the driver of test:///default has left;"
              + " open it again",
          answer.get(5, TimeUnit.SECONDS));
    } finally {
      caller.shutdownNow();
    }
  }

  @Test
  void failsToOpenWhenTheDriverLeavesMeanwhile() throws Exception {
    connector.bindDriver(reference, driver);
    driver.behaviour = () -> connector.unbindDriver(reference);
    fails(ErrorCode.NO_CONNECT, () -> connector.open(TEST));
    assertTrue(driver.closed.await(5, TimeUnit.SECONDS), "the driver's side was not closed");
  }

  @Test
  void answersInvalidConnAfterClose() throws Exception {
    connector.bindDriver(reference, driver);
    Connect connect = connector.open(TEST);
    connect.close();
    connect.close();
    assertEquals(0, driver.closed.getCount());
    assertFalse(connect.isAlive());
    assertEquals(
        "list domains of test:///default: the connection test:///default is closed",
        fails(ErrorCode.INVALID_CONN, connect::domains));
    connector.unbindDriver(reference);
    fails(ErrorCode.INVALID_CONN, connect::domains);
  }

  @Test
  void turnsWhatADriverThrowsIntoAnInternalErrorThatNamesIt() throws VirtException {
    connector.bindDriver(reference, driver);
    Connect connect = connector.open(TEST);
    driver.add(1, "a");
    Domain domain = connect.lookup("a");
    driver.behaviour =
        () -> {
          throw new NoClassDefFoundError("gone/Away");
        };
    assertEquals(
        "start domain a: the driver fake.driver failed: java.lang.NoClassDefFoundError: gone/Away",
        fails(ErrorCode.INTERNAL_ERROR, domain::start));
    assertEquals(
        "open test:///default: the driver fake.driver failed:"
            + " java.lang.NoClassDefFoundError: gone/Away",
        fails(ErrorCode.INTERNAL_ERROR, () -> connector.open(TEST)));
    driver.behaviour = () -> {};
    fails(ErrorCode.INTERNAL_ERROR, connect::hypervisor);
    assertTrue(connect.isAlive());
  }

  @Test
  void saysWhatADriverCannotDo() throws VirtException {
    connector.bindDriver(reference, driver);
    driver.add(1, "a");
    Domain domain = connector.open(TEST).lookup("a");
    fails(ErrorCode.NO_SUPPORT, () -> domain.autostart(Autostart.ON));
    fails(ErrorCode.NO_SUPPORT, () -> domain.console(""));
  }

  @Test
  void looksUpByNumberThenUuidThenName() throws VirtException {
    connector.bindDriver(reference, driver);
    DomainSummary first = driver.add(1, "a");
    DomainSummary named = driver.add(0, "1");
    DomainSummary second = driver.add(0, "2");
    DomainSummary third = driver.add(0, first.id().toString());
    Connect connect = connector.open(TEST);
    assertEquals(first.id(), connect.lookup("1").id());
    assertEquals(second.id(), connect.lookup("2").id());
    assertEquals(named.id(), connect.lookup(named.id().toString()).id());
    assertEquals(first.id(), connect.lookup(third.name()).id());
    fails(ErrorCode.NO_DOMAIN, () -> connect.lookup("3"));
    fails(ErrorCode.NO_DOMAIN, () -> connect.lookup(""));
  }

  @Test
  void keepsFailingListenersFromTheDriverAndTellsNothingAfterTheEnd() throws VirtException {
    connector.bindDriver(reference, driver);
    DomainSummary domain = driver.add(1, "a");
    Connect connect = connector.open(TEST);
    List<DomainEvent> events = new ArrayList<>();
    Subscription subscription =
        connect.subscribe(
            event -> {
              events.add(event);
              throw new IllegalStateException("listener");
            });
    DomainEvent event = new DomainEvent(domain.id(), "a", DomainEvent.Kind.STARTED_BOOTED, "");
    var atDriver = driver.listeners.get(0);
    atDriver.event(event);
    atDriver.event(event);
    subscription.close();
    subscription.close();
    atDriver.event(event);
    assertEquals(2, events.size());
    assertEquals(List.of(), driver.listeners);
  }

  private void awaitClose() {
    try {
      assertTrue(driver.closed.await(5, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String fails(ErrorCode code, Executable call) {
    VirtException e = assertThrows(VirtException.class, call);
    assertEquals(code, e.code(), e.getMessage());
    return e.getMessage();
  }
}
