package org.virt.api.nwfilter;

import java.util.Objects;

/**
 * What became of one document of an {@link ImportRequest}.
 *
 * @param document its name in the request
 * @param kind what it holds
 * @param name name of the filter, or of the bound interface; empty when it could not be read
 * @param outcome what became of it
 * @param reason why it was kept or refused, else empty
 */
public record ImportResult(
    String document, Kind kind, String name, Outcome outcome, String reason) {
  public ImportResult {
    Objects.requireNonNull(document, "document");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(outcome, "outcome");
    Objects.requireNonNull(reason, "reason");
  }

  /** What a document holds. */
  public enum Kind {
    FILTER,
    BINDING,
    /** Neither; it is refused. */
    UNKNOWN
  }

  /** What became of a document. */
  public enum Outcome {
    /** It is here now and was not before. */
    IMPORTED,
    /** It is here now in place of a different one. */
    REPLACED,
    /** It was here already, with the same meaning. */
    SAME,
    /** A different one of that name is here and stays. */
    KEPT,
    /** Nothing of it was imported. */
    REFUSED
  }
}
