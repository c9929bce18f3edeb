package org.virt.spi.nwfilter;

import java.util.List;

/**
 * What a technique found on the host.
 *
 * @param usable whether it can enforce anything here
 * @param lookups whether it has {@link Operand.Lookup}; without, the manager compiles addresses in
 * @param details a line each for a person: versions, features, what is missing and the remedy
 */
public record TechniqueProbe(boolean usable, boolean lookups, List<String> details) {
  public TechniqueProbe {
    details = List.copyOf(details);
  }
}
