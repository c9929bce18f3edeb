package org.virt.api;

import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.domain.DomainNotice;
import org.virt.api.host.SecretEvent;

/**
 * Hears what happens to machines and other objects, in order, on a thread of the sender's; it
 * returns at once.
 */
@ConsumerType
@FunctionalInterface
public interface DomainListener {
  /** Takes one event. An exception is logged and the listener stays. */
  void event(DomainEvent event);

  /** Takes note of something beside the life cycle; does nothing unless overridden. */
  default void notice(DomainNotice notice) {}

  /** Takes an event of another object; does nothing unless overridden. */
  default void event(ObjectEvent event) {}

  /** Takes an event of a secret; does nothing unless overridden. */
  default void event(SecretEvent event) {}
}
