package org.virt.api.nwfilter;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The name of a filter and the values of its variables.
 *
 * @param filter name of the filter
 * @param parameters values by name of variable, each with at least one value, in the order of the
 *     XML
 */
public record FilterReference(String filter, Map<String, List<String>> parameters) {
  public FilterReference {
    Objects.requireNonNull(filter, "filter");
    Map<String, List<String>> copy = new LinkedHashMap<>();
    parameters.forEach((name, values) -> copy.put(name, List.copyOf(values)));
    if (copy.values().stream().anyMatch(List::isEmpty)) {
      throw new IllegalArgumentException("a variable without a value: " + copy);
    }
    parameters = java.util.Collections.unmodifiableMap(copy);
  }
}
