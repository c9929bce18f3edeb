package org.virt.common.net;

import java.util.Objects;
import org.virt.api.MacAddress;
import org.virt.api.PortId;

/**
 * Asks for a macvtap that stays until it is deleted.
 *
 * @param name its name
 * @param lower index of the device that it is on
 * @param mac its address; in mode {@code PASSTHRU} the lower device gets it too, and its own back
 *     when the macvtap goes
 * @param mode who its frames reach
 */
public record MacvtapRequest(PortId name, int lower, MacAddress mac, Mode mode) {
  public MacvtapRequest {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(mac, "mac");
    Objects.requireNonNull(mode, "mode");
    if (lower <= 0) {
      throw new IllegalArgumentException("not an interface: " + lower);
    }
  }

  /** Who the frames of a macvtap reach; numbers of linux/if_link.h. */
  public enum Mode {
    /** The network only, never another one on the same device. */
    PRIVATE(1),
    /** Others on the same device if the switch sends the frames back. */
    VEPA(2),
    /** Others on the same device directly. */
    BRIDGE(4),
    /** There is no other: the device is its own. */
    PASSTHRU(8);

    final int bit;

    Mode(int bit) {
      this.bit = bit;
    }
  }
}
