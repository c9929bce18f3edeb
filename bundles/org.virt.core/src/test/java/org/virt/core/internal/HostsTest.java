package org.virt.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.osgi.framework.ServiceReference;
import org.virt.api.Connect;
import org.virt.api.DomainEvent;
import org.virt.api.DomainListener;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.api.host.Secret;
import org.virt.api.host.SecretEvent;
import org.virt.spi.driver.HostFacets;

class HostsTest {
  private static final SecretEvent EVENT =
      new SecretEvent(new UUID(1, 2), Secret.Usage.CEPH, "admin", SecretEvent.Kind.DEFINED);

  private final DriverConnector connector = new DriverConnector();
  private final List<SecretEvent> heard = new CopyOnWriteArrayList<>();
  private final DomainListener listener =
      new DomainListener() {
        @Override
        public void event(DomainEvent event) {}

        @Override
        public void event(SecretEvent event) {
          heard.add(event);
        }
      };

  /** A host that tells at once. */
  private static final class Teller implements HostFacets {
    final List<DomainListener> listeners = new CopyOnWriteArrayList<>();

    @Override
    public <F> Optional<F> facet(Class<F> type) {
      return Optional.empty();
    }

    @Override
    public Subscription subscribe(DomainListener listener) {
      listeners.add(listener);
      return () -> listeners.remove(listener);
    }

    void tell() {
      listeners.forEach(each -> each.event(EVENT));
    }
  }

  @SuppressWarnings("unchecked")
  private static ServiceReference<HostFacets> reference(Object schemes) {
    return (ServiceReference<HostFacets>) (ServiceReference<?>) FakeDriver.reference(0, schemes);
  }

  @Test
  void tellsConnectionsOfItsSchemesWhatHappensToTheHost() throws VirtException {
    connector.bindDriver(FakeDriver.reference(0, "fake"), new FakeDriver());
    Teller before = new Teller();
    connector.bindHost(reference("fake"), before);
    Teller stranger = new Teller();
    connector.bindHost(reference("other"), stranger);
    try (Connect connect = connector.open(URI.create("fake:///default"))) {
      Subscription subscription = connect.subscribe(listener);
      Teller after = new Teller();
      ServiceReference<HostFacets> reference = reference("fake");
      connector.bindHost(reference, after);
      connector.bindHost(reference, after);
      before.tell();
      after.tell();
      assertEquals(List.of(EVENT, EVENT), heard);
      assertEquals(0, stranger.listeners.size());
      connector.unbindHost(reference);
      assertEquals(0, after.listeners.size());
      subscription.close();
      assertEquals(0, before.listeners.size());
      connect.subscribe(listener);
    }
    assertEquals(0, before.listeners.size());
  }
}
