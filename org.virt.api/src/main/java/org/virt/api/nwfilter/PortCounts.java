package org.virt.api.nwfilter;

import java.util.List;
import java.util.Objects;
import org.virt.api.PortId;

/**
 * What the rules of a port have counted since they are in force.
 *
 * @param port the port
 * @param technique the technique that counts
 * @param sharedBy how many ports these rules decide for, this one included: 1 when the numbers are
 *     this port's alone
 * @param rules the rules, in the order in which they are looked at
 */
public record PortCounts(PortId port, String technique, int sharedBy, List<RuleCount> rules) {
  public PortCounts {
    Objects.requireNonNull(port, "port");
    Objects.requireNonNull(technique, "technique");
    rules = List.copyOf(rules);
  }
}
