package org.virt.api.network;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/** Facet of a connection: virtual networks. One that does not exist: {@code NO_NETWORK}. */
@ConsumerType
public interface Networks {
  /** Returns all networks, active or not. */
  List<VirtualNetwork> networks() throws VirtException;

  /** Returns a network by its name. */
  default VirtualNetwork network(String name) throws VirtException {
    return networks().stream()
        .filter(network -> network.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new VirtException(
                    ErrorCode.NO_NETWORK,
                    "Network not found: no network with matching name '" + name + "'"));
  }

  /** Returns a network's XML (libvirt's formatnetwork). */
  String networkXml(String name) throws VirtException;
}
