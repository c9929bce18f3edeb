package org.virt.api.nwfilter;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Hears what happens to ports and their addresses, in order, on a thread of the sender's; it
 * returns at once.
 */
@ConsumerType
public interface FilterListener {
  /** A port's enforcement or learning changed; after an unbind the reason is {@code unbound}. */
  default void portChanged(PortStatus status) {}

  /** A port may use an address from now on, or until a new end. */
  default void addressLearned(PortAddress address) {}

  /** A port may no longer use an address. */
  default void addressLost(PortAddress address) {}

  /** Everything that happens to addresses, with those that were not granted. */
  default void addressEvent(AddressEvent event) {}
}
