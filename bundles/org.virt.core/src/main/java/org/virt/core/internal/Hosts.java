package org.virt.core.internal;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.ServiceReference;
import org.virt.spi.driver.HostFacets;

/** What has facets of this host now. Safe for use by many threads. */
final class Hosts {
  private final Map<ServiceReference<HostFacets>, HostFacets> services = new ConcurrentHashMap<>();

  void add(ServiceReference<HostFacets> reference, HostFacets service) {
    services.put(reference, service);
  }

  void remove(ServiceReference<HostFacets> reference) {
    services.remove(reference);
  }

  /** Finds a facet for connections of a scheme; that of the highest ranking service. */
  <F> Optional<F> find(String scheme, Class<F> type) {
    return services.entrySet().stream()
        .filter(one -> Drivers.schemes(one.getKey()).contains(scheme))
        .sorted(Map.Entry.comparingByKey(Comparator.reverseOrder()))
        .flatMap(one -> one.getValue().facet(type).stream())
        .findFirst();
  }
}
