package org.virt.spi.driver;

import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.Console;
import org.virt.api.Console.OpenFlag;
import org.virt.api.DomainId;
import org.virt.api.VirtException;

/** Facet of a {@link DriverConnection} that reaches the serial devices of its machines. */
@ConsumerType
public interface Consoles {
  /** Opens a serial device; see {@link org.virt.api.Domain#console}. */
  Console console(DomainId id, String device, Set<OpenFlag> flags) throws VirtException;

  /** As the other, without flags. */
  default Console console(DomainId id, String device) throws VirtException {
    return console(id, device, Set.of());
  }
}
