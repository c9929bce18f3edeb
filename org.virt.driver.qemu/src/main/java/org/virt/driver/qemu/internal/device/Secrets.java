package org.virt.driver.qemu.internal.device;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Props;

/** Secrets that QEMU reads from a file, so that they stand on no command line. */
public final class Secrets {
  private static final String END = "-secret0";

  private Secrets() {}

  /** Says whether a file of a machine's folder, or an object of QEMU, is a secret by its name. */
  public static boolean isName(String name) {
    return name.endsWith(END);
  }

  /** Returns the name of a secret for a use. */
  public static String name(String use) {
    return use + END;
  }

  /**
   * Writes the object of a secret; returns its name.
   *
   * @param holder the element that refers to a secret
   */
  static String write(Machine machine, String use, Node holder, CommandLine out)
      throws VirtException {
    String id = name(use);
    String file = machine.facts().secret(holder, id);
    out.add("-object", Props.object("secret", id).put("file", file));
    return id;
  }
}
