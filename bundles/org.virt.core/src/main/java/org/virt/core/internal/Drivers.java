package org.virt.core.internal;

import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.ServiceReference;
import org.virt.spi.driver.HypervisorDriver;

/** The drivers that are installed now. Safe for use by many threads. */
final class Drivers {
  private final Map<ServiceReference<HypervisorDriver>, Driver> drivers = new ConcurrentHashMap<>();

  /**
   * One driver.
   *
   * @param reference ranks it
   * @param service what opens connections
   * @param name for messages: the bundle that it comes from
   * @param schemes what it opens, lower case; {@code *+transport} stands for any hypervisor
   */
  record Driver(
      ServiceReference<HypervisorDriver> reference,
      HypervisorDriver service,
      String name,
      Set<String> schemes) {}

  void add(ServiceReference<HypervisorDriver> reference, HypervisorDriver service) {
    String name = reference.getBundle().getSymbolicName();
    drivers.put(reference, new Driver(reference, service, name, schemes(reference)));
  }

  void remove(ServiceReference<HypervisorDriver> reference) {
    drivers.remove(reference);
  }

  boolean contains(Driver driver) {
    return drivers.containsKey(driver.reference());
  }

  /**
   * Returns the highest ranking driver of a scheme; one that names it goes before one that has any
   * hypervisor over its transport.
   */
  Optional<Driver> find(String scheme) {
    String lower = scheme.toLowerCase(Locale.ROOT);
    int transport = lower.indexOf('+');
    return highest(lower)
        .or(() -> transport < 1 ? Optional.empty() : highest("*" + lower.substring(transport)));
  }

  /** Returns all schemes, sorted. */
  List<String> schemes() {
    Set<String> all = new TreeSet<>();
    drivers.values().forEach(driver -> all.addAll(driver.schemes()));
    return List.copyOf(all);
  }

  private Optional<Driver> highest(String scheme) {
    return drivers.values().stream()
        .filter(driver -> driver.schemes().contains(scheme))
        .max(Comparator.comparing(Driver::reference));
  }

  static Set<String> schemes(ServiceReference<?> reference) {
    Object value = reference.getProperty(HypervisorDriver.SCHEME);
    String[] schemes = value instanceof String one ? new String[] {one} : new String[0];
    if (value instanceof String[] several) {
      schemes = several;
    }
    Set<String> lower = new LinkedHashSet<>();
    for (String scheme : schemes) {
      lower.add(scheme.toLowerCase(Locale.ROOT));
    }
    return lower;
  }
}
