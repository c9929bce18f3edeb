package org.virt.spi.nwfilter;

import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.PortCounts;

/** What a {@link FilterTechnique} may implement as well: it counts what its rules match. */
@ConsumerType
public interface Statistics {
  /**
   * Returns what the rules of a port have counted.
   *
   * @throws VirtException {@code OPERATION_INVALID} when the port has no rules; {@code
   *     BUILD_FIREWALL} when they cannot be read
   */
  PortCounts counts(PortRef port) throws VirtException;

  /**
   * Gives a port rules that no other port shares from its next commit on, so that its numbers are
   * its own; until this instance ends or the port is removed.
   */
  void countApart(PortRef port);
}
