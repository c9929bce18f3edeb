package org.virt.spi.driver;

import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.DomainListener;
import org.virt.api.Subscription;

/**
 * Hands out facets that belong to this host, whatever runs machines on it: an OSGi service with the
 * property {@link HypervisorDriver#SCHEME}, the drivers whose connections have them. A facet of the
 * driver's own goes before. Asked for each call; returns at once.
 */
@ConsumerType
public interface HostFacets {
  /** Returns what the host has of a kind. */
  <F> Optional<F> facet(Class<F> type);

  /**
   * Sends what happens to objects of the host to the listener, until the subscription is closed.
   */
  default Subscription subscribe(DomainListener listener) {
    return () -> {};
  }
}
