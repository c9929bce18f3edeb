package org.virt.driver.qemu.internal.board;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Memory that the host cannot read (AMD's SEV). */
final class LaunchSecurity {
  private static final String OBJECT = "lsec0";

  private LaunchSecurity() {}

  /** Returns the name of the object, null for a machine without. */
  static String object(Node root) {
    return root.has("launchSecurity") ? OBJECT : null;
  }

  static void check(Guest guest, Node root) throws VirtException {
    Node security = root.child("launchSecurity");
    if (security == null) {
      return;
    }
    security.require("@type");
    security.oneOf("@type", "sev", "s390-pv");
    boolean sev = security.is("@type", "sev");
    if (sev ? !guest.board().isPc() : guest.board() != Board.S390) {
      throw Refusal.of(
          security.path("@type"),
          "'" + security.get("@type") + "' is not for machines of " + guest.arch());
    }
    if (sev) {
      security.require("policy");
    }
  }

  static void write(Node root, CommandLine out) throws VirtException {
    Node security = root.child("launchSecurity");
    if (security == null) {
      return;
    }
    if (!security.is("@type", "sev")) {
      throw Refusal.value(security.path("@type"), security.get("@type"));
    }
    Props sev = Props.object("sev-guest", OBJECT);
    sev.put("cbitpos", number(security, "cbitpos"));
    sev.put("reduced-phys-bits", number(security, "reducedPhysBits"));
    sev.put("policy", number(security, "policy"));
    Boolean hashes = security.flag("@kernelHashes");
    out.add("-object", sev.put("kernel-hashes", hashes));
  }

  private static Long number(Node security, String name) {
    String text = security.get(name);
    return text == null ? null : Numbers.parse(text);
  }
}
