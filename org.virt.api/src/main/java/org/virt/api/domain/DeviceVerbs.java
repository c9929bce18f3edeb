package org.virt.api.domain;

import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;

/** Facet of a machine: changing its devices. */
@ConsumerType
public interface DeviceVerbs {
  /** Plugs a device in; an interface's port is closed or in force before its link comes up. */
  default void attachDevice(String xml, Affects affects) throws VirtException {
    throw Unsupported.verb("virDomainAttachDeviceFlags");
  }

  /** Asks the guest to give a device up, and waits for that a while. */
  default void detachDevice(String xml, Affects affects) throws VirtException {
    throw Unsupported.verb("virDomainDetachDeviceFlags");
  }

  /** As {@link #detachDevice}; returns when the guest was asked. */
  default void detachDeviceAlias(String alias, Affects affects) throws VirtException {
    throw Unsupported.verb("virDomainDetachDeviceAlias");
  }

  /** Changes a device: a medium, a link state, a password. */
  default void updateDevice(String xml, Affects affects, Force force) throws VirtException {
    throw Unsupported.verb("virDomainUpdateDeviceFlags");
  }

  /** Whether a medium is changed that the guest has locked. */
  enum Force {
    NO,
    YES
  }
}
