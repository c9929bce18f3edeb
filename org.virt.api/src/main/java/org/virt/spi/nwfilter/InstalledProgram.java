package org.virt.spi.nwfilter;

import java.util.List;
import java.util.Objects;

/**
 * A program that the kernel has.
 *
 * @param port the port as it was when the program was committed; it may be gone
 * @param generation the number that it was committed with
 * @param digest the program's {@link Program#digest()}
 * @param addresses what its lookups find, with the lifetime that is left
 */
public record InstalledProgram(
    PortRef port, long generation, String digest, List<AddressBinding> addresses) {
  public InstalledProgram {
    Objects.requireNonNull(port, "port");
    Objects.requireNonNull(digest, "digest");
    addresses = List.copyOf(addresses);
  }
}
