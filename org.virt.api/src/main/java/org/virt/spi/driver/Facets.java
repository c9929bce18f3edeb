package org.virt.spi.driver;

import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.DomainId;

/**
 * Facet of a {@link DriverConnection} that hands out further facets: interfaces of {@code
 * org.virt.api.domain}, or any other that driver and user have in common. It is asked for each
 * call; both methods return at once.
 */
@ConsumerType
public interface Facets {
  /** Returns what the connection has of a kind. */
  <F> Optional<F> facet(Class<F> type);

  /** Returns what machines have of a kind; whether the machine is there is told by its calls. */
  <F> Optional<F> facet(Class<F> type, DomainId domain);
}
