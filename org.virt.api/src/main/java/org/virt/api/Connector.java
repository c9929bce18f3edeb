package org.virt.api;

import java.net.URI;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;
import org.virt.api.auth.Authenticator;

/**
 * Opens connections to hypervisors; registered as an OSGi service. Safe for use by many threads.
 */
@ProviderType
public interface Connector {
  /**
   * Opens a connection by the URI's scheme, as libvirt's {@code virConnectOpen} does: {@code
   * qemu:///system}, {@code test:///default}.
   *
   * @throws VirtException {@code NO_CONNECT} when no driver for the scheme is installed, with those
   *     that are; what the driver says when it cannot work, with the remedy
   */
  default Connect open(URI uri) throws VirtException {
    return open(uri, Authenticator.none());
  }

  /**
   * Opens a connection, as libvirt's {@code virConnectOpenAuth} does.
   *
   * @param user asked for what is needed to log in and neither the URI nor a configuration says
   * @throws VirtException as {@link #open(URI)}; {@code AUTH_FAILED} or {@code AUTH_CANCELLED} when
   *     what is needed is not told or is wrong
   */
  Connect open(URI uri, Authenticator user) throws VirtException;

  /**
   * Returns the schemes that can be opened now, sorted; {@code *+tcp} stands for any hypervisor
   * over that transport.
   */
  List<String> schemes();
}
