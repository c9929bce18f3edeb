package org.virt.driver.qemu.internal.board;

import java.util.List;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Options and environment that the definition gives to QEMU in its own words. */
public final class OwnWords implements Part {
  private static final String VARIABLE = "[A-Za-z_][A-Za-z0-9_]*";

  @Override
  public void check(Guest guest, Node root) throws VirtException {
    for (Node variable : all(root, "qemu:env")) {
      String name = variable.require("@name");
      if (!name.matches(VARIABLE)) {
        throw Refusal.xml(variable.path("@name"), "'" + name + "' is no name of a variable");
      }
    }
  }

  @Override
  public void write(Machine machine, Node root, CommandLine out) {
    all(root, "qemu:arg").forEach(argument -> out.add(argument.get("@value", "")));
  }

  /** Returns the environment, each variable as {@code NAME=VALUE}. */
  public static List<String> environment(Node root) {
    return all(root, "qemu:env").stream()
        .map(variable -> variable.get("@name") + "=" + variable.get("@value", ""))
        .toList();
  }

  private static List<Node> all(Node root, String kind) {
    return root.children("qemu:commandline").stream()
        .flatMap(own -> own.children(kind).stream())
        .toList();
  }
}
