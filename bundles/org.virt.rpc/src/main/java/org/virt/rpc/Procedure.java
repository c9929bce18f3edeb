package org.virt.rpc;

import java.util.List;
import java.util.Optional;

/**
 * A procedure or event of the protocol.
 *
 * @param program whose it is
 * @param number its number there
 * @param name its name in small letters, such as {@code domain_lookup_by_name}
 * @param args what a call carries; a struct without fields for nothing
 * @param ret what its reply carries; a struct without fields for nothing
 * @param event what the event carries; empty for a procedure
 * @param priority whether it answers without waiting for a hypervisor
 * @param stream the direction of the stream that a call opens; empty for most
 * @param permissions what its caller must be allowed
 */
public record Procedure(
    Program program,
    int number,
    String name,
    StructType args,
    StructType ret,
    Optional<StructType> event,
    Priority priority,
    Optional<Stream> stream,
    List<Permission> permissions) {
  public Procedure {
    permissions = List.copyOf(permissions);
  }

  /** How urgent a call is. */
  public enum Priority {
    HIGH,
    LOW
  }

  /** Who sends the data of a stream, as libvirt counts it; a console has both directions. */
  public enum Stream {
    READ,
    WRITE
  }
}
