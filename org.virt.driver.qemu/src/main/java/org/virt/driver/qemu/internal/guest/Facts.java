package org.virt.driver.qemu.internal.guest;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virt.api.HypervisorInfo.Version;
import org.virt.api.VirtException;

/**
 * What of the host a command line names.
 *
 * @param version of QEMU
 * @param monitor path of the monitor's socket
 * @param ready path of a socket that QEMU connects to once its monitor listens; absent: it does not
 * @param socketFolder where sockets go whose path the definition leaves open
 * @param taps the interfaces of the host by alias of the card
 * @param host what is looked up when it is asked for
 */
public record Facts(
    Version version,
    String monitor,
    Optional<String> ready,
    String socketFolder,
    Map<String, Tap> taps,
    HostFacts host) {
  public Facts {
    taps = Map.copyOf(taps);
  }

  /**
   * An interface of the host.
   *
   * @param name its name
   * @param headers how frames are passed
   * @param backend who passes them
   * @param files numbers, or names that QEMU knows, of open files, one for each queue; none when
   *     QEMU opens the interface by its name
   */
  public record Tap(String name, Headers headers, Backend backend, List<String> files) {
    public Tap {
      files = List.copyOf(files);
    }

    /** Makes one that QEMU opens by its name. */
    public Tap(String name, Headers headers, Backend backend) {
      this(name, headers, backend, List.of());
    }
  }

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

  /** Returns the path of a file that QEMU reads a secret from. */
  public String secret(Node holder, String id) throws VirtException {
    return host.secret(holder, socketFolder + "/" + id);
  }

  /** Returns a folder whose files are pages of a size in KiB. */
  public String hugepages(long kib) throws VirtException {
    return host.hugepages(kib);
  }

  /** Returns a folder for memory that other processes see. */
  public String memoryFolder() {
    return socketFolder;
  }

  /** Says whether the host has a NUMA node. */
  public boolean hasNode(int node) {
    return host.hasNode(node);
  }

  /** Returns the path of the generic device of a SCSI device. */
  public String scsiGeneric(Node source) throws VirtException {
    return host.scsiGeneric(source);
  }

  /**
   * Returns the firmware that fits a machine: text of {@code loader}, attribute {@code smm}.
   *
   * @throws VirtException when the host has none
   */
  public Node firmware(Guest guest) throws VirtException {
    return host.firmware(guest);
  }

  /** Returns the path of a volume of a storage pool. */
  public String volume(Node source) throws VirtException {
    return host.volume(source);
  }

  /** Says how screens are served over TLS. */
  public ScreenTls screenTls() {
    return host.screenTls();
  }

  /** Returns the path of the file for a firmware's variables. */
  public String variables() {
    return socketFolder + "/nvram.fd";
  }

  /** Returns the time in a zone, {@code utc} or {@code localtime}, as seconds of 1970. */
  public long now(String basis) {
    return host.now(basis);
  }
}
