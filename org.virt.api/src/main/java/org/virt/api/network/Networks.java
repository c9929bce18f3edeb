package org.virt.api.network;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.Domain.Autostart;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;

/**
 * Facet of a connection: virtual networks. One that does not exist: {@code NO_NETWORK}; a verb that
 * the driver does not have: {@code NO_SUPPORT}; one that the network's state does not allow: {@code
 * OPERATION_INVALID}. A definition under a name or UUID of which another network has the other
 * half: {@code OPERATION_FAILED}.
 */
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

  /** Returns the XML that a network has from its next start on. */
  default String networkDefinitionXml(String name) throws VirtException {
    return networkXml(name);
  }

  /** Changes one element of an active network, of its definition, or of both. */
  default void updateNetwork(String name, NetworkUpdate update, Affects affects)
      throws VirtException {
    throw unsupported("virNetworkUpdate");
  }

  /** Defines a network, or gives it another definition, and returns its name. */
  default String defineNetwork(String xml) throws VirtException {
    throw unsupported("virNetworkDefineXML");
  }

  /** Starts a network that is gone once it ends, and returns its name. */
  default String createNetwork(String xml) throws VirtException {
    throw unsupported("virNetworkCreateXML");
  }

  /** Starts a network that is defined. */
  default void startNetwork(String name) throws VirtException {
    throw unsupported("virNetworkCreate");
  }

  /** Ends a network. */
  default void destroyNetwork(String name) throws VirtException {
    throw unsupported("virNetworkDestroy");
  }

  /** Removes the definition of a network that is not active. */
  default void undefineNetwork(String name) throws VirtException {
    throw unsupported("virNetworkUndefine");
  }

  /** Says whether a network is to be active when the host is. */
  default void autostartNetwork(String name, Autostart autostart) throws VirtException {
    throw unsupported("virNetworkSetAutostart");
  }

  private static VirtException unsupported(String verb) {
    return new VirtException(
        ErrorCode.NO_SUPPORT, "this function is not supported by the connection driver: " + verb);
  }
}
