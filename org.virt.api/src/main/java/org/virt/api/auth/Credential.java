package org.virt.api.auth;

import java.util.Arrays;

/**
 * A name or password that somebody gave. It never shows itself; whoever has used it closes it,
 * which overwrites it.
 */
public final class Credential implements AutoCloseable {
  private final char[] value;

  /** Takes a value over; the array belongs to this from then on. */
  public Credential(char[] value) {
    this.value = value;
  }

  /** Makes one of a text, for what is no secret or already is a text. */
  public static Credential of(String text) {
    return new Credential(text.toCharArray());
  }

  /** Returns the value, which the caller must neither change nor keep. */
  public char[] value() {
    return value;
  }

  /** Returns a copy as text, which stays in memory for as long as the Java runtime likes. */
  public String text() {
    return new String(value);
  }

  @Override
  public void close() {
    Arrays.fill(value, '\0');
  }

  @Override
  public String toString() {
    return "(hidden)";
  }
}
