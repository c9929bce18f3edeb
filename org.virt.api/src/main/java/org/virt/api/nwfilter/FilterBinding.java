package org.virt.api.nwfilter;

import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.virt.api.MacAddress;
import org.virt.api.PortId;

/**
 * Which filter protects which port, as libvirt's {@code filterbinding}.
 *
 * @param owner the machine that the port belongs to
 * @param port the interface of the host: tap, veth or macvtap
 * @param linkDevice the physical device of a macvtap, else absent
 * @param mac the address that the guest was given
 * @param filter the filter and its parameters
 */
public record FilterBinding(
    Owner owner, PortId port, Optional<PortId> linkDevice, MacAddress mac, FilterReference filter) {
  public FilterBinding {
    Objects.requireNonNull(owner, "owner");
    Objects.requireNonNull(port, "port");
    Objects.requireNonNull(linkDevice, "linkDevice");
    Objects.requireNonNull(mac, "mac");
    Objects.requireNonNull(filter, "filter");
  }

  /** The machine that a port belongs to, by name and UUID. */
  public record Owner(String name, UUID uuid) {
    public Owner {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(uuid, "uuid");
    }
  }
}
