package org.virt.api.host;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;

/** Facet of a connection: devices of its host. One that is not there: {@code NO_NODE_DEVICE}. */
@ConsumerType
public interface NodeDevices {
  /** Returns all devices. */
  List<NodeDevice> nodeDevices() throws VirtException;

  /** Returns a device by its name. */
  NodeDevice nodeDevice(String name) throws VirtException;

  /** Returns a device's XML (libvirt's formatnode). */
  String nodeDeviceXml(String name) throws VirtException;
}
