package org.virt.api.access;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.virt.api.VirtException;

/** Knows the clients of the wire protocol; registered as an OSGi service while it is served. */
@ProviderType
public interface ClientManager {
  /** Returns those who are connected, the first ones first. */
  List<Client> clients();

  /**
   * Cuts a client off.
   *
   * @throws VirtException {@code INVALID_ARG} when it is not connected
   */
  void disconnect(long number) throws VirtException;

  /**
   * Gives a user a password to authenticate with (SASL), or another one, or takes it away. Who is
   * connected stays so.
   *
   * @param password absent: none
   * @throws VirtException {@code INVALID_ARG} for a name or password that cannot be one, or when
   *     there is no such user to take it from
   */
  void setPassword(String user, Optional<String> password) throws VirtException;

  /**
   * A client.
   *
   * @param number its number, from 1 and never used again
   * @param identity who it is
   * @param access what it may do at most
   * @param connected since when
   * @param uri what it has opened; empty for nothing yet
   */
  record Client(
      long number, ClientIdentity identity, Access access, Instant connected, String uri) {}

  /** What a client may do at most. */
  enum Access {
    /** Nothing but authenticate. */
    NONE,
    READ_ONLY,
    FULL
  }
}
