package org.virt.core.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.ServiceReference;
import org.virt.api.DomainListener;
import org.virt.api.Subscription;
import org.virt.spi.driver.HostFacets;

/** What has facets of this host now. Safe for use by many threads. */
final class Hosts {
  private final Map<ServiceReference<HostFacets>, HostFacets> services = new ConcurrentHashMap<>();
  private final List<Listening> listeners = new ArrayList<>();

  /** A listener of a scheme's connection, at each service that is there; guarded by the list. */
  private final class Listening implements Subscription {
    private final String scheme;
    private final DomainListener listener;
    private final Map<ServiceReference<HostFacets>, Subscription> at = new HashMap<>();

    Listening(String scheme, DomainListener listener) {
      this.scheme = scheme;
      this.listener = listener;
    }

    /** Begins, or begins anew for a service whose properties are others now. */
    void begin(ServiceReference<HostFacets> reference, HostFacets service) {
      end(reference);
      if (Drivers.schemes(reference).contains(scheme)) {
        at.put(reference, service.subscribe(listener));
      }
    }

    void end(ServiceReference<HostFacets> reference) {
      Subscription ended = at.remove(reference);
      if (ended != null) {
        ended.close();
      }
    }

    @Override
    public void close() {
      synchronized (listeners) {
        listeners.remove(this);
        at.values().forEach(Subscription::close);
        at.clear();
      }
    }
  }

  void add(ServiceReference<HostFacets> reference, HostFacets service) {
    synchronized (listeners) {
      services.put(reference, service);
      listeners.forEach(listening -> listening.begin(reference, service));
    }
  }

  void remove(ServiceReference<HostFacets> reference) {
    synchronized (listeners) {
      services.remove(reference);
      listeners.forEach(listening -> listening.end(reference));
    }
  }

  /** Has a listener hear of what connections of a scheme see, also of services yet to come. */
  Subscription subscribe(String scheme, DomainListener listener) {
    Listening listening = new Listening(scheme, listener);
    synchronized (listeners) {
      services.forEach(listening::begin);
      listeners.add(listening);
    }
    return listening;
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
