package org.virt.api.auth;

import java.util.Objects;

/**
 * Who logs in, and the proof; closing it overwrites the password.
 *
 * @param user the name
 * @param password that of the user
 */
public record Login(String user, Credential password) implements AutoCloseable {
  public Login {
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(password, "password");
  }

  @Override
  public void close() {
    password.close();
  }

  /** Returns the user alone. */
  @Override
  public String toString() {
    return user;
  }
}
