package org.virt.spi.format;

import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;

/**
 * Converts between a hypervisor's own configuration and domain XML, without a connection and
 * without starting anything. Register it as an OSGi service with the property {@link #NAME}.
 */
@ConsumerType
public interface ConfigFormat {
  /** Service property, String: libvirt's name of the format, such as {@code qemu-argv}. */
  String NAME = "virt.format.name";

  /**
   * Returns the native configuration of a machine.
   *
   * @throws VirtException {@code XML_ERROR}, {@code CONFIG_UNSUPPORTED} with the element
   */
  String toNative(String domainXml) throws VirtException;

  /**
   * Returns the domain XML of a native configuration.
   *
   * @throws VirtException {@code PARSE_FAILED} with the line; {@code NO_SUPPORT} when this
   *     direction does not exist
   */
  String fromNative(String configuration) throws VirtException;
}
