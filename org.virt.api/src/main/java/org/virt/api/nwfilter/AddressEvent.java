package org.virt.api.nwfilter;

import java.util.Objects;

/**
 * Something happened to an address of a port.
 *
 * @param kind what
 * @param address port, address, source and end
 * @param machine whose port it is
 * @param detail the reason of what was not granted or was taken away; empty when there is none
 */
public record AddressEvent(
    Kind kind, PortAddress address, FilterBinding.Owner machine, String detail) {
  public AddressEvent {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(machine, "machine");
    Objects.requireNonNull(detail, "detail");
  }

  /** What happened. */
  public enum Kind {
    /** The port may use it from now on. */
    LEARNED,
    /** It may use it until a new end. */
    RENEWED,
    /** It may use it no more: its time is over, it was given back or taken away. */
    EXPIRED,
    /** It uses an address that is another's. */
    CONFLICT,
    /** It uses an address that it may not have for another reason, or not yet. */
    REFUSED
  }
}
