package org.virt.driver.qemu.internal.guest;

import java.util.List;
import org.virt.api.VirtException;

/**
 * One kind of element of a machine, all that is known of it: what is filled in, what is refused,
 * where it goes, and QEMU's options for it. Implementations have no state.
 */
public interface Part {
  /** Fills in what is left open, before controllers are added and places given. */
  default void complete(Guest guest, Node node) throws VirtException {}

  /** Refuses what libvirt refuses, of a complete machine. */
  default void check(Guest guest, Node node) throws VirtException {}

  /** Says which kind of PCI bus it goes to. */
  default PciKind pci(Guest guest, Node node) throws VirtException {
    return PciKind.NONE;
  }

  /** Returns what may be chosen, in libvirt's order, for domain capabilities. */
  default List<Offer> offers(Board board) {
    return List.of();
  }

  /** Writes the options of QEMU. */
  default void write(Machine machine, Node node, CommandLine out) throws VirtException {}
}
