package org.virt.api.domain;

import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;

/** Facet of a machine: what people and programs note about it. */
@ConsumerType
public interface MetadataVerbs {
  /**
   * Returns a note.
   *
   * @throws VirtException {@code NO_DOMAIN_METADATA} when there is none
   */
  default String metadata(Note note, Affects affects) throws VirtException {
    throw Unsupported.verb("virDomainGetMetadata");
  }

  /**
   * Sets a note, or removes it.
   *
   * @param value title or description, or an element of the note's namespace
   */
  default void setMetadata(Note note, Optional<String> value, Affects affects)
      throws VirtException {
    throw Unsupported.verb("virDomainSetMetadata");
  }

  /**
   * Which note.
   *
   * @param kind what kind
   * @param key prefix of the namespace, empty but for setting an element
   * @param uri the namespace, empty but for elements
   */
  record Note(Kind kind, String key, String uri) {
    /** The description. */
    public static final Note DESCRIPTION = new Note(Kind.DESCRIPTION, "", "");

    /** The title. */
    public static final Note TITLE = new Note(Kind.TITLE, "", "");
  }

  /** Kinds of notes; libvirt's numbers are the ordinals. */
  enum Kind {
    DESCRIPTION,
    TITLE,
    ELEMENT
  }
}
