package org.virt.driver.qemu.internal.device;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.PciKind;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Watchdogs. */
public final class WatchdogPart implements Part {
  @Override
  public void complete(Guest guest, Node watchdog) {
    watchdog.fill("action", "reset");
    if (watchdog.is("@model", "ib700", "diag288", "itco")) {
      return;
    }
    watchdog.fill("model", "i6300esb");
  }

  @Override
  public PciKind pci(Guest guest, Node watchdog) {
    return watchdog.is("@model", "i6300esb") ? PciKind.PCI : PciKind.NONE;
  }

  @Override
  public void check(Guest guest, Node watchdog) throws VirtException {
    if (guest.devices("watchdog").size() > 1) {
      throw Refusal.of(watchdog.path(), "there is one only");
    }
    watchdog.oneOf("@model", "i6300esb", "ib700", "diag288");
    watchdog.oneOf(
        "@action", "reset", "shutdown", "poweroff", "pause", "dump", "none", "inject-nmi");
    if (watchdog.is("@model", "ib700") && watchdog.has("address")) {
      throw Refusal.of(watchdog.path("address"), "'ib700' has none");
    }
    boolean s390 = guest.board() == Board.S390;
    if (watchdog.is("@model", "diag288") != s390) {
      throw Refusal.of(watchdog.path("@model"), "not for this machine type");
    }
  }

  @Override
  public void write(Machine machine, Node watchdog, CommandLine out) throws VirtException {
    Props props = Props.device(watchdog.get("@model")).put("id", Machine.alias(watchdog));
    out.device(machine.place(props, watchdog));
    String action = watchdog.get("@action");
    // A dump, too, is made of a machine that stands.
    out.add("-watchdog-action", action.equals("dump") ? "pause" : action);
  }
}
