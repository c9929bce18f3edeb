package org.virt.driver.qemu.internal.device;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Props;

/** Credentials of the host for connections that QEMU makes or takes. */
final class Tls {
  private static final String FOLDER = "/etc/pki/qemu";

  private Tls() {}

  /** Writes the credentials of a disk that is a client; returns their name. */
  static String write(Machine machine, Node layer, CommandLine out) throws VirtException {
    Node disk = layer;
    while (!disk.has("alias") && disk.parent() != null) {
      disk = disk.parent();
    }
    String id = "obj" + Machine.alias(disk) + "_tls0";
    write(id, "client", true, out);
    return id;
  }

  /** Writes credentials. */
  static void write(String id, String endpoint, Boolean verify, CommandLine out) {
    Props creds = Props.object("tls-creds-x509", id).put("dir", FOLDER);
    out.add("-object", creds.put("endpoint", endpoint).put("verify-peer", verify));
  }
}
