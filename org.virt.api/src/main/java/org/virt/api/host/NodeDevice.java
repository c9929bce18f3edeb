package org.virt.api.host;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A device of a host.
 *
 * @param name unique within a connection, such as {@code pci_0000_00_1f_2}
 * @param parent name of the device that it is plugged into
 * @param capabilities what it is, by libvirt's words ({@code pci}, {@code net}, …)
 */
public record NodeDevice(String name, Optional<String> parent, List<String> capabilities) {
  public NodeDevice {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(parent, "parent");
    capabilities = List.copyOf(capabilities);
  }
}
