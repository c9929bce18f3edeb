package org.virt.spi.driver;

import java.net.URI;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;
import org.virt.api.auth.Authenticator;

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

  /**
   * Opens a session with a hypervisor that wants to know who comes. What neither the URI nor a
   * configuration says is asked for, in this order; drivers that need nothing leave this alone.
   *
   * @param user answers on this thread; as long as a person takes
   * @throws VirtException as {@link #open(URI)}; {@code AUTH_FAILED} when what is needed is not
   *     told or is wrong, {@code AUTH_CANCELLED} as the user says
   */
  default DriverConnection open(URI uri, Authenticator user) throws VirtException {
    return open(uri);
  }
}
