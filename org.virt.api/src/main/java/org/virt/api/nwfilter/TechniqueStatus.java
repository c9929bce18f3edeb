package org.virt.api.nwfilter;

import java.util.List;
import java.util.Objects;

/**
 * A filter technique that is installed.
 *
 * @param name its name, such as {@code nftables}
 * @param use whether it holds the rules
 * @param details what its probe found, a line each
 */
public record TechniqueStatus(String name, Use use, List<String> details) {
  public TechniqueStatus {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(use, "use");
    details = List.copyOf(details);
  }

  /** Whether a technique holds the rules. */
  public enum Use {
    /** New rules are applied by it. */
    ACTIVE,
    /** It could be chosen. */
    AVAILABLE,
    /** It cannot work on this host; the details say why. */
    UNUSABLE
  }
}
