package org.virt.spi.driver;

import java.net.URI;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;

/**
 * Connects to hypervisors of one kind. Register it as an OSGi service with the property {@link
 * #SCHEME}; it is used from then on, and no more once the service is gone.
 */
@ConsumerType
public interface HypervisorDriver {
  /**
   * Service property, String or String[]: the URI schemes that it opens, such as {@code qemu}.
   * {@code *+tcp} stands for any hypervisor over that transport ({@code xen+tcp}), unless another
   * driver names that scheme.
   */
  String SCHEME = "virt.driver.scheme";

  /**
   * Opens a session; called from any thread, several at once.
   *
   * @throws VirtException {@code NO_CONNECT} or {@code INVALID_ARG} for a path that it does not
   *     serve, {@code OPEN_FAILED} when the hypervisor cannot be used here, with the remedy
   */
  DriverConnection open(URI uri) throws VirtException;
}
