package org.virt.driver.qemu.internal.guest;

import java.util.Optional;

/**
 * How screens are served over TLS. A folder has {@code ca-cert.pem}, {@code server-cert.pem} and
 * {@code server-key.pem}.
 *
 * @param vnc folder of those for VNC on TCP; empty: without TLS
 * @param verify VNC clients need a certificate of that CA, too
 * @param spice folder of those for SPICE where the definition gives a port for TLS
 */
public record ScreenTls(Optional<String> vnc, boolean verify, String spice) {
  /** As where nothing is configured. */
  public static final ScreenTls USUAL =
      new ScreenTls(Optional.empty(), false, "/etc/pki/libvirt-spice");
}
