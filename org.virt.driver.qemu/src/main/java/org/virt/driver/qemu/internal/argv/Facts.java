package org.virt.driver.qemu.internal.argv;

import java.util.Map;
import java.util.Optional;
import org.virt.api.HypervisorInfo.Version;

/**
 * What of the host a command line names.
 *
 * @param version of QEMU
 * @param monitor path of the monitor's socket
 * @param ready path of a socket that QEMU connects to once its monitor listens; absent: it does not
 * @param socketFolder where sockets go whose path the definition leaves open
 * @param taps the interfaces of the host by alias of the card
 */
public record Facts(
    Version version,
    String monitor,
    Optional<String> ready,
    String socketFolder,
    Map<String, Tap> taps) {
  public Facts {
    taps = Map.copyOf(taps);
  }

  /**
   * An interface of the host.
   *
   * @param name its name
   * @param headers how frames are passed
   * @param backend who passes them
   */
  public record Tap(String name, Headers headers, Backend backend) {}

  /** Whether frames of a tap have a virtio header. */
  public enum Headers {
    VIRTIO,
    NONE,
    /** As the tap is, which was there before. */
    AS_IT_IS
  }

  /** Who moves the frames. */
  public enum Backend {
    QEMU,
    VHOST
  }
}
