package org.virt.spi.driver;

import java.util.UUID;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;
import org.virt.api.host.Secret;

/**
 * Facet of a host ({@link HostFacets}) for the drivers that run machines on it: values of secrets
 * that machines refer to, private ones too. Not for clients. One that does not exist or has no
 * value: {@code NO_SECRET}.
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
