package org.virt.common.net;

import java.util.Objects;
import java.util.Set;
import org.virt.api.PortId;

/**
 * Asks for a tap that stays until it is deleted.
 *
 * @param name its name; one with {@code %d} in it, such as {@code vnet%d}, gets the first free
 *     number from the kernel
 * @param uid the user who may open it besides root
 * @param features what its frames and queues are like
 */
public record TapRequest(PortId name, int uid, Set<Feature> features) {
  public TapRequest {
    Objects.requireNonNull(name, "name");
    features = Set.copyOf(features);
    if (uid < 0) {
      throw new IllegalArgumentException("not a user: " + uid);
    }
  }

  /** What a tap can do besides carrying frames. */
  public enum Feature {
    /**
     * Each frame has a virtio header, which lets checksums and segmentation be left to the host.
     */
    VNET_HDR(0x4000),
    /** Several programs or threads may open it. */
    MULTI_QUEUE(0x100);

    final int bit;

    Feature(int bit) {
      this.bit = bit;
    }
  }
}
