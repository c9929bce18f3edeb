package org.virt.api;

/**
 * Who answers on a connection.
 *
 * @param type libvirt's name of the hypervisor, such as {@code QEMU}, {@code ESX}, {@code TEST}
 * @param version its version
 * @param hostName name of the host that runs the machines
 */
public record HypervisorInfo(String type, Version version, String hostName) {
  /** A version in libvirt's three parts. */
  public record Version(int major, int minor, int release) {
    /**
     * Returns the number that libvirt's calls return: major * 1,000,000 + minor * 1,000 + release.
     */
    public long number() {
      return major * 1_000_000L + minor * 1_000L + release;
    }

    @Override
    public String toString() {
      return major + "." + minor + "." + release;
    }
  }
}
