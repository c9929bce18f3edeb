package org.virt.api.access;

import java.util.Objects;
import java.util.Optional;

/**
 * Who a client is, as far as that is proven.
 *
 * @param transport how it came
 * @param user the user that its process runs as, told by the kernel; over Unix sockets only
 * @param group that process's group
 * @param saslUser the user whose password it has proven to know
 * @param certificate distinguished name of its certificate (RFC 2253); over TLS only
 * @param address where it came from; empty for Unix sockets
 */
public record ClientIdentity(
    Transport transport,
    Optional<String> user,
    Optional<String> group,
    Optional<String> saslUser,
    Optional<String> certificate,
    String address) {
  public ClientIdentity {
    Objects.requireNonNull(transport, "transport");
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(group, "group");
    Objects.requireNonNull(saslUser, "saslUser");
    Objects.requireNonNull(certificate, "certificate");
    Objects.requireNonNull(address, "address");
  }

  /** Returns the same client, which has proven to know a user's password. */
  public ClientIdentity withSaslUser(String name) {
    return new ClientIdentity(transport, user, group, Optional.of(name), certificate, address);
  }

  /** How clients come; the order is that of libvirt's {@code virClientTransport}. */
  public enum Transport {
    UNIX,
    TCP,
    TLS
  }
}
