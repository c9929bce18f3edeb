package org.virt.spi.nwfilter;

import java.util.ArrayList;
import java.util.List;
import org.virt.api.HostCheck.Finding;
import org.virt.api.HostCheck.Result;

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

  /** Makes one of what a technique has checked: it can be used unless a check failed. */
  public static TechniqueProbe of(List<Finding> findings, boolean lookups) {
    List<String> details = new ArrayList<>();
    boolean usable = true;
    for (Finding finding : findings) {
      usable &= finding.result() != Result.FAIL;
      String remedy = finding.remedy().isEmpty() ? "" : "; " + finding.remedy();
      details.add(finding.what() + ": " + finding.detail() + remedy);
    }
    return new TechniqueProbe(usable, lookups, details);
  }
}
