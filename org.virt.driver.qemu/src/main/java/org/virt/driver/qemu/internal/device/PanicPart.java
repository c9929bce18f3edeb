package org.virt.driver.qemu.internal.device;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** What tells the host that the guest has crashed. */
public final class PanicPart implements Part {
  @Override
  public void complete(Guest guest, Node panic) {
    if (!panic.has("@model")) {
      panic.set(
          "model",
          switch (guest.board()) {
            case PSERIES -> "pseries";
            case S390 -> "s390";
            default -> "isa";
          });
    }
  }

  @Override
  public void check(Guest guest, Node panic) throws VirtException {
    String model = panic.get("@model");
    boolean fits =
        switch (model) {
          case "isa" -> guest.board().isPc();
          case "hyperv" -> guest.board().isPc();
          case "pseries" -> guest.board() == Board.PSERIES;
          case "s390" -> guest.board() == Board.S390;
          default -> false;
        };
    if (!fits) {
      throw Refusal.of(panic.path("@model"), "'" + model + "' is not for this machine");
    }
    boolean placed = panic.has("address");
    if (placed && !panic.is("address/@type", "isa") || placed && !model.equals("isa")) {
      throw Refusal.of(panic.path("address"), "model '" + model + "' has no such address");
    }
    long same = guest.devices("panic").stream().filter(other -> other.is("@model", model)).count();
    if (same > 1) {
      throw Refusal.of(panic.path("@model"), "'" + model + "' is there more than once");
    }
  }

  @Override
  public void write(Machine machine, Node panic, CommandLine out) throws VirtException {
    if (panic.is("@model", "isa")) {
      out.device(Props.device("pvpanic").put("ioport", panic.number("address/@iobase")));
    }
  }
}
