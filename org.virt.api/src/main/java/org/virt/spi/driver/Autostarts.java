package org.virt.spi.driver;

import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.Domain.Autostart;
import org.virt.api.DomainId;
import org.virt.api.VirtException;

/** Facet of a {@link DriverConnection} that can start machines with the host. */
@ConsumerType
public interface Autostarts {
  /** Switches autostart of a defined machine; {@code OPERATION_INVALID} for a transient one. */
  void autostart(DomainId id, Autostart autostart) throws VirtException;
}
