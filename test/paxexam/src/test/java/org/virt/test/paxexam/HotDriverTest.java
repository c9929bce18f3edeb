package org.virt.test.paxexam;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.ByteArrayInputStream;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.Test;
import org.osgi.framework.Bundle;
import org.virt.api.Connect;
import org.virt.api.Connector;
import org.virt.api.Domain;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainState;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.spi.driver.DriverConnection;
import org.virt.spi.driver.HypervisorDriver;

/** A driver that comes, changes and goes while connections are open. */
public class HotDriverTest extends RuntimeFixture {
  private static final String DRIVER = "org.virt.driver.test";
  private static final URI TEST = URI.create("test:///default");
  private static final URI OTHER = URI.create("other:///");

  @Test
  public void definesAndStartsAMachineWhateverTheCallersClassLoader() throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(null);
    try (Connect connect = openTest()) {
      Domain domain =
          connect.define(
              "<domain type='test'><name>a</name><memory>1024</memory><os><type>hvm</type></os>"
                  + "<devices><watchdog z='1' a='2'/></devices></domain>");
      domain.start();
      assertEquals(DomainState.RUNNING, domain.summary().status().state());
      assertTrue(domain.xml(XmlView.LIVE).contains("<watchdog z='1' a='2'/>"));
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  public void answersNoConnectOnceUninstalledAndOpensAnewOnceReinstalled() throws Exception {
    Connect connect = openTest();
    Domain domain = connect.lookup("test");
    Connect other = openOther();
    bundle(DRIVER).uninstall();

    assertFalse(connect.isAlive());
    fails(ErrorCode.NO_CONNECT, connect::domains);
    fails(ErrorCode.NO_CONNECT, domain::suspend);
    String message = fails(ErrorCode.NO_CONNECT, () -> service(Connector.class).open(TEST));
    assertTrue(message, message.contains("no driver for 'test' is installed; installed: "));
    assertTrue(message, message.contains("other"));
    assertEquals("<capabilities/>", other.capabilities());

    install(DRIVER);
    try (Connect again = openTest()) {
      assertEquals("test", again.domains().get(0).name());
      fails(ErrorCode.NO_CONNECT, connect::domains);
      assertEquals("<capabilities/>", other.capabilities());
    }
    connect.close();
    fails(ErrorCode.INVALID_CONN, connect::domains);
  }

  @Test
  public void updatesUnderCallsInFlight() throws Exception {
    Connect connect = openTest();
    Connect other = openOther();
    AtomicInteger answered = new AtomicInteger();
    AtomicInteger undisturbed = new AtomicInteger();
    AtomicReference<Throwable> wrong = new AtomicReference<>();
    ExecutorService callers = Executors.newFixedThreadPool(3);
    try {
      List<Future<?>> ended =
          List.of(
              callers.submit(() -> callUntilNoConnect(connect, answered, wrong)),
              callers.submit(() -> callUntilNoConnect(connect, answered, wrong)));
      Future<?> steady =
          callers.submit(
              () -> {
                while (!Thread.currentThread().isInterrupted()) {
                  other.capabilities();
                  undisturbed.incrementAndGet();
                }
                return null;
              });
      until("calls before the update", () -> answered.get() > 100 && undisturbed.get() > 100);
      Bundle driver = bundle(DRIVER);
      driver.update(
          new ByteArrayInputStream(Distribution.withVersion(Distribution.jar(DRIVER), "9.9.9")));
      assertEquals("9.9.9", driver.getVersion().toString());
      for (Future<?> end : ended) {
        end.get(10, TimeUnit.SECONDS);
      }
      assertEquals(null, wrong.get());
      int before = undisturbed.get();
      until("calls to the other driver go on", () -> undisturbed.get() > before + 100);
      assertFalse(steady.isDone());
      try (Connect again = openTest()) {
        assertEquals("test", again.domains().get(0).name());
      }
      fails(ErrorCode.NO_CONNECT, connect::domains);
    } finally {
      callers.shutdownNow();
    }
  }

  private static void callUntilNoConnect(
      Connect connect, AtomicInteger answered, AtomicReference<Throwable> wrong) {
    while (true) {
      try {
        connect.domains();
        answered.incrementAndGet();
      } catch (VirtException e) {
        if (e.code() != ErrorCode.NO_CONNECT) {
          wrong.set(e);
        }
        return;
      } catch (RuntimeException | LinkageError e) {
        wrong.set(e);
        return;
      }
    }
  }

  private Connect openTest() throws Exception {
    Connector connector = service(Connector.class);
    until("the scheme test", () -> connector.schemes().contains("test"));
    return connector.open(TEST);
  }

  /** Registers a driver of the test's own, for another scheme, and opens a connection with it. */
  private Connect openOther() throws Exception {
    DriverConnection connection =
        (DriverConnection)
            Proxy.newProxyInstance(
                HotDriverTest.class.getClassLoader(),
                new Class<?>[] {DriverConnection.class},
                (proxy, method, arguments) ->
                    method.getName().equals("capabilities") ? "<capabilities/>" : null);
    Dictionary<String, Object> properties = new Hashtable<>();
    properties.put(HypervisorDriver.SCHEME, OTHER.getScheme());
    context.registerService(HypervisorDriver.class, uri -> connection, properties);
    return service(Connector.class).open(OTHER);
  }
}
