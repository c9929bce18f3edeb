package org.virt.api.host;

import java.util.Objects;
import java.util.UUID;

/**
 * Something that happened to a secret; its value is never told.
 *
 * @param uuid which one
 * @param usage what it is for
 * @param usageId for which of them
 * @param kind what happened
 */
public record SecretEvent(UUID uuid, Secret.Usage usage, String usageId, Kind kind) {
  public SecretEvent {
    Objects.requireNonNull(uuid, "uuid");
    Objects.requireNonNull(usage, "usage");
    Objects.requireNonNull(usageId, "usageId");
    Objects.requireNonNull(kind, "kind");
  }

  /**
   * What happened ({@code virSecretEventLifecycleType}); libvirt's numbers are the ordinals, up to
   * {@link #UNDEFINED}.
   */
  public enum Kind {
    DEFINED,
    UNDEFINED,
    /** It got another value: an event of its own, not of the life cycle. */
    VALUE_CHANGED
  }
}
