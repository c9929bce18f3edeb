package org.virt.nwfilter.internal.compile;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterReference;
import org.virt.nwfilter.internal.xml.FilterDefinition;

/** An immutable set of filters, at most one of each name. */
public final class Definitions {
  private final SortedMap<String, FilterDefinition> byName;

  private Definitions(SortedMap<String, FilterDefinition> byName) {
    this.byName = byName;
  }

  /** Makes a set; of two filters of one name the later one stays. */
  public static Definitions of(Collection<FilterDefinition> filters) {
    SortedMap<String, FilterDefinition> byName = new TreeMap<>();
    filters.forEach(filter -> byName.put(filter.name(), filter));
    return new Definitions(byName);
  }

  /** Returns this set with a filter, in place of that of its name. */
  public Definitions with(FilterDefinition filter) {
    SortedMap<String, FilterDefinition> copy = new TreeMap<>(byName);
    copy.put(filter.name(), filter);
    return new Definitions(copy);
  }

  /** Returns this set without a filter. */
  public Definitions without(String name) {
    SortedMap<String, FilterDefinition> copy = new TreeMap<>(byName);
    copy.remove(name);
    return new Definitions(copy);
  }

  /** Finds a filter by its UUID, else by its name. */
  public Optional<FilterDefinition> find(String nameOrUuid) {
    return byName.values().stream()
        .filter(f -> f.uuid().filter(u -> u.toString().equalsIgnoreCase(nameOrUuid)).isPresent())
        .findFirst()
        .or(() -> named(nameOrUuid));
  }

  /** Finds a filter by its name. */
  public Optional<FilterDefinition> named(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** Returns all filters, sorted by name. */
  public Collection<FilterDefinition> all() {
    return List.copyOf(byName.values());
  }

  /**
   * Looks whether a filter could stand in this set.
   *
   * @throws VirtException {@code INVALID_NWFILTER} when it refers to an unknown filter or to
   *     itself, along any way
   */
  public void check(FilterDefinition filter) throws VirtException {
    for (String reference : filter.references()) {
      if (!reference.equals(filter.name()) && named(reference).isEmpty()) {
        throw new VirtException(
            ErrorCode.INVALID_NWFILTER,
            "filter "
                + filter.name()
                + " refers to filter '"
                + reference
                + "', which is not defined");
      }
    }
    FilterTree.of(with(filter)::named, new FilterReference(filter.name(), Map.of()));
  }

  /** Returns the names of the filters that are reached from one, itself included. */
  public Set<String> reachable(String name) {
    Set<String> reached = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(name));
    while (!open.isEmpty()) {
      String next = open.pop();
      if (reached.add(next)) {
        named(next).ifPresent(filter -> filter.references().forEach(open::push));
      }
    }
    return reached;
  }

  /** Returns the names of the filters that refer to one, sorted. */
  public Set<String> referrers(String name) {
    Set<String> referrers = new TreeSet<>();
    for (FilterDefinition filter : byName.values()) {
      if (filter.references().contains(name)) {
        referrers.add(filter.name());
      }
    }
    return referrers;
  }
}
