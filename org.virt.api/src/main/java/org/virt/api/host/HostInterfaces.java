package org.virt.api.host;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;

/** Facet of a connection: its host's interfaces. One that is not there: {@code NO_INTERFACE}. */
@ConsumerType
public interface HostInterfaces {
  /** Returns all interfaces. */
  List<HostInterface> interfaces() throws VirtException;

  /** Returns an interface's XML (libvirt's formatinterface). */
  String interfaceXml(String name) throws VirtException;
}
