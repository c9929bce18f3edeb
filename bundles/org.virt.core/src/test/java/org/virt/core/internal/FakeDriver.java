package org.virt.core.internal;

import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;
import org.virt.api.DomainId;
import org.virt.api.DomainListener;
import org.virt.api.DomainStatus;
import org.virt.api.DomainSummary;
import org.virt.api.ErrorCode;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.api.auth.Authenticator;
import org.virt.spi.driver.DriverConnection;
import org.virt.spi.driver.Facets;
import org.virt.spi.driver.HypervisorDriver;

/** A driver of which a test decides what its calls do. */
final class FakeDriver implements HypervisorDriver {
  final List<DomainListener> listeners = new CopyOnWriteArrayList<>();
  final CountDownLatch closed = new CountDownLatch(1);
  final List<Authenticator> users = new CopyOnWriteArrayList<>();
  final List<DomainSummary> domains = new CopyOnWriteArrayList<>();

  /** What the connection hands out, by class; absent: it has no facets. */
  volatile Function<Class<?>, Optional<?>> facets;

  /** Runs in each call but list and subscribe. */
  volatile Behaviour behaviour = () -> {};

  /** What a call does. */
  interface Behaviour {
    void run() throws VirtException;
  }

  DomainSummary add(int number, String name) {
    DomainSummary domain =
        new DomainSummary(
            new DomainId(UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8))),
            name,
            number > 0 ? OptionalInt.of(number) : OptionalInt.empty(),
            DomainStatus.of(
                number > 0 ? DomainStatus.Reason.BOOTED : DomainStatus.Reason.SHUT_DOWN),
            DomainSummary.Persistence.PERSISTENT);
    domains.add(domain);
    return domain;
  }

  @Override
  public DriverConnection open(URI uri, Authenticator user) throws VirtException {
    users.add(user);
    return open(uri);
  }

  @Override
  public DriverConnection open(URI uri) throws VirtException {
    if (!uri.getPath().equals("/default")) {
      throw new VirtException(ErrorCode.OPEN_FAILED, "open " + uri + ": no such path");
    }
    behaviour.run();
    return (DriverConnection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            facets == null
                ? new Class<?>[] {DriverConnection.class}
                : new Class<?>[] {DriverConnection.class, Facets.class},
            (proxy, method, arguments) -> {
              switch (method.getName()) {
                case "hashCode" -> {
                  return System.identityHashCode(proxy);
                }
                case "close" -> {
                  closed.countDown();
                  return null;
                }
                case "facet" -> {
                  return facets.apply((Class<?>) arguments[0]);
                }
                case "domains" -> {
                  return domains;
                }
                case "subscribe" -> {
                  DomainListener listener = (DomainListener) arguments[0];
                  listeners.add(listener);
                  return (Subscription) () -> listeners.remove(listener);
                }
                default -> {
                  behaviour.run();
                  return method.getName().equals("capabilities") ? "<capabilities/>" : null;
                }
              }
            });
  }

  /** Makes a reference that ranks like a registered service's. */
  @SuppressWarnings("unchecked")
  static ServiceReference<HypervisorDriver> reference(int ranking, Object schemes) {
    Bundle bundle =
        (Bundle)
            Proxy.newProxyInstance(
                FakeDriver.class.getClassLoader(),
                new Class<?>[] {Bundle.class},
                (proxy, method, arguments) ->
                    method.getName().equals("getSymbolicName") ? "fake.driver" : null);
    return (ServiceReference<HypervisorDriver>)
        Proxy.newProxyInstance(
            FakeDriver.class.getClassLoader(),
            new Class<?>[] {ServiceReference.class, Ranked.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "hashCode" -> System.identityHashCode(proxy);
                  case "equals" -> proxy == arguments[0];
                  case "compareTo" -> Integer.compare(ranking, ((Ranked) arguments[0]).ranking());
                  case "ranking" -> ranking;
                  case "getProperty" -> schemes;
                  case "getBundle" -> bundle;
                  default -> null;
                });
  }

  /** Lets one fake reference ask another. */
  interface Ranked {
    int ranking();
  }
}
