package org.virt.spi.nwfilter;

import java.util.Objects;
import org.virt.api.MacAddress;
import org.virt.api.PortId;

/**
 * An interface that exists: its name may come again, its index does not.
 *
 * @param id its name
 * @param index the kernel's interface index, positive
 * @param mac the address that its guest was given
 */
public record PortRef(PortId id, int index, MacAddress mac) {
  public PortRef {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(mac, "mac");
    if (index <= 0) {
      throw new IllegalArgumentException("not an interface index: " + index);
    }
  }

  // Written out for the same reason as those of PortId.
  @Override
  public boolean equals(Object other) {
    return other instanceof PortRef port
        && index == port.index
        && id.equals(port.id)
        && mac.equals(port.mac);
  }

  @Override
  public int hashCode() {
    return index;
  }

  @Override
  public String toString() {
    return id.name();
  }
}
