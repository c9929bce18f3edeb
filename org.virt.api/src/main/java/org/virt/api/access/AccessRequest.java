package org.virt.api.access;

import java.util.Map;
import java.util.Objects;

/**
 * What a client asks for, in libvirt's words (its page on access control, acl.html).
 *
 * @param client who asks
 * @param driver scheme of the connection, such as {@code qemu}; empty while none is open
 * @param object kind of object, such as {@code connect}, {@code domain}, {@code nwfilter}
 * @param attributes which one, as far as the call says, such as {@code domain_name} and {@code
 *     domain_uuid}; empty for a connection or for what is not there yet
 * @param permission such as {@code read}, {@code start}, {@code search_domains}
 * @param procedure the call, such as {@code domain_create}
 */
public record AccessRequest(
    ClientIdentity client,
    String driver,
    String object,
    Map<String, String> attributes,
    String permission,
    String procedure) {
  public AccessRequest {
    Objects.requireNonNull(client, "client");
    Objects.requireNonNull(driver, "driver");
    Objects.requireNonNull(object, "object");
    attributes = Map.copyOf(attributes);
    Objects.requireNonNull(permission, "permission");
    Objects.requireNonNull(procedure, "procedure");
  }
}
