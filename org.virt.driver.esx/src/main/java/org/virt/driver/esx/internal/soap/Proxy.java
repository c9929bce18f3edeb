package org.virt.driver.esx.internal.soap;

import java.util.Objects;

/**
 * What requests go through.
 *
 * @param type which protocol it speaks
 * @param host its name or address
 * @param port its port
 */
public record Proxy(Type type, String host, int port) {
  public Proxy {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(host, "host");
  }

  /** Kinds of proxies. */
  public enum Type {
    HTTP,
    /** Version 4, which takes addresses only. */
    SOCKS4,
    /** Version 4 with names, which the proxy resolves. */
    SOCKS4A,
    /** Version 5 (RFC 1928), without authentication. */
    SOCKS5
  }
}
