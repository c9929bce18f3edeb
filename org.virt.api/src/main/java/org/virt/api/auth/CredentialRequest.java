package org.virt.api.auth;

import java.util.Objects;
import java.util.Optional;

/**
 * What is needed to log in ({@code virConnectCredential}).
 *
 * @param kind what is asked for
 * @param prompt for a person, without a colon at its end; comes from the other end in some cases
 * @param challenge what it is about: the name of the host, or what a server says; may be empty
 * @param fallback what an empty answer means; absent: it means itself
 */
public record CredentialRequest(
    Kind kind, String prompt, String challenge, Optional<String> fallback) {
  public CredentialRequest {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(challenge, "challenge");
    Objects.requireNonNull(fallback, "fallback");
  }

  /** Kinds of requests; libvirt's numbers ({@code virConnectCredentialType}). */
  public enum Kind {
    /** The name of a user as which to act. */
    USERNAME(1, Echo.SHOWN),
    /** The name of a user who is to be believed. */
    AUTHNAME(2, Echo.SHOWN),
    /** Languages, as of RFC 1766. */
    LANGUAGE(3, Echo.SHOWN),
    /** A number that the client makes up. */
    CNONCE(4, Echo.SHOWN),
    PASSPHRASE(5, Echo.HIDDEN),
    /** An answer to a question, no secret. */
    ECHO_PROMPT(6, Echo.SHOWN),
    /** An answer to a question, secret. */
    NO_ECHO_PROMPT(7, Echo.HIDDEN),
    REALM(8, Echo.SHOWN),
    /** Something that happens elsewhere, such as a question by polkit. */
    EXTERNAL(9, Echo.SHOWN);

    private final int number;
    private final Echo echo;

    Kind(int number, Echo echo) {
      this.number = number;
      this.echo = echo;
    }

    /** Returns libvirt's number. */
    public int number() {
      return number;
    }

    /** Returns whether a terminal shows what is typed. */
    public Echo echo() {
      return echo;
    }
  }

  /** Whether a terminal shows what is typed. */
  public enum Echo {
    SHOWN,
    HIDDEN
  }
}
