package org.virt.driver.qemu.internal.argv;

import java.util.List;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.board.Boards;
import org.virt.driver.qemu.internal.device.Devices;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Facts;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Part;

/** Makes QEMU's command line. */
public final class QemuArgv {
  private QemuArgv() {}

  /**
   * Returns the words of the command line, the program first.
   *
   * @param guest a complete machine whose devices have aliases
   * @throws VirtException {@code CONFIG_UNSUPPORTED} with the element that cannot be done
   */
  public static List<String> of(Guest guest, Facts facts) throws VirtException {
    Machine machine = new Machine(guest, facts);
    Node root = guest.root();
    CommandLine out = new CommandLine(root);
    out.add(root.require("devices/emulator"));
    for (Part part : Boards.ALL) {
      part.write(machine, root, out);
    }
    Devices.write(machine, out);
    for (Part part : Boards.LAST) {
      part.write(machine, root, out);
    }
    return out.words();
  }
}
