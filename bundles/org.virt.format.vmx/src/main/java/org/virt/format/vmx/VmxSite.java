package org.virt.format.vmx;

import java.util.Optional;
import java.util.OptionalInt;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;

/**
 * Where a configuration file lies: what its file names mean to libvirt's users, who write {@code
 * [datastore] folder/file}.
 */
@ConsumerType
public interface VmxSite {
  /**
   * Returns the path of a file that the configuration names; empty when there is no such file,
   * which only removable media may do without.
   *
   * @throws VirtException {@code PARSE_FAILED} for a name that cannot be followed
   */
  Optional<String> path(String fileName) throws VirtException;

  /**
   * Returns the name in the configuration of a file that domain XML names.
   *
   * @throws VirtException {@code CONFIG_UNSUPPORTED} for a path that no datastore has
   */
  String fileName(String path) throws VirtException;

  /** Returns the version of the virtual hardware to write; empty: the oldest that will do. */
  default OptionalInt hardwareVersion() {
    return OptionalInt.empty();
  }

  /** Returns the inventory path of the datacenter, which domain XML shows; empty when unknown. */
  default Optional<String> datacenterPath() {
    return Optional.empty();
  }

  /** Returns the machine's managed object reference, which domain XML shows; empty when unknown. */
  default Optional<String> reference() {
    return Optional.empty();
  }
}
