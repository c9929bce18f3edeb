package org.virt.api.host;

import java.util.Objects;
import java.util.UUID;

/**
 * A secret, without its value.
 *
 * @param uuid unique within a connection
 * @param usage what it is for
 * @param usageId for which of them, such as a volume's path; unique for a usage, empty for {@code
 *     NONE}
 * @param keeping where it is kept
 * @param disclosure who gets its value
 */
public record Secret(
    UUID uuid, Usage usage, String usageId, Keeping keeping, Disclosure disclosure) {
  public Secret {
    Objects.requireNonNull(uuid, "uuid");
    Objects.requireNonNull(usage, "usage");
    Objects.requireNonNull(usageId, "usageId");
    Objects.requireNonNull(keeping, "keeping");
    Objects.requireNonNull(disclosure, "disclosure");
  }

  /** What a secret is for ({@code virSecretUsageType}); libvirt's numbers are the ordinals. */
  public enum Usage {
    NONE("none", ""),
    VOLUME("volume", "volume"),
    CEPH("ceph", "name"),
    ISCSI("iscsi", "target"),
    TLS("tls", "name"),
    VTPM("vtpm", "name");

    private final String text;
    private final String element;

    Usage(String text, String element) {
      this.text = text;
      this.element = element;
    }

    /** Returns libvirt's word. */
    public String text() {
      return text;
    }

    /** Returns the element of a definition that says for which of them it is. */
    public String element() {
      return element;
    }
  }

  /** Where a secret is kept. */
  public enum Keeping {
    /** In a file, over restarts. */
    LASTING,
    /** In memory only. */
    EPHEMERAL
  }

  /** Who gets a secret's value. */
  public enum Disclosure {
    /** Whoever may read it. */
    OPEN,
    /** Nobody but the hypervisor. */
    PRIVATE
  }
}
