package org.virt.spi.driver;

import java.util.UUID;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;
import org.virt.api.host.Secret;

/**
 * Values of the secrets of this host, private ones too, for the drivers that run machines on it: an
 * OSGi service with the property {@link HypervisorDriver#SCHEME}, those drivers. No facet, so no
 * client reaches it by its connection. A secret that does not exist or has no value: {@code
 * NO_SECRET}.
 */
@ConsumerType
public interface SecretValues {
  /** Returns the value of a secret. */
  byte[] value(UUID uuid) throws VirtException;

  /**
   * Returns the value of the secret for a use.
   *
   * @param usageId for which of them, such as a volume's path
   */
  byte[] value(Secret.Usage usage, String usageId) throws VirtException;
}
