package org.virt.driver.qemu.internal.device;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Names of PCI devices on IBM Z: a user-defined and a function number each. */
final class Zpci {
  private static final long MAX_UID = 0xffff;
  private static final long MAX_FID = 0xffff_ffffL;

  private Zpci() {}

  /** Gives each PCI device of the host the numbers that it lacks, the lowest that are free. */
  static void assign(Guest guest) throws VirtException {
    if (guest.board() != Board.S390) {
      return;
    }
    List<Node> names = new ArrayList<>();
    for (Node device : guest.devices("hostdev")) {
      if (device.is("@type", "pci") && device.is("address/@type", "pci")) {
        names.add(device.ensure("address/zpci"));
      }
    }
    Set<Long> uids = taken(names, "uid");
    Set<Long> fids = taken(names, "fid");
    for (Node name : names) {
      fill(name, "uid", 1, 4, uids);
      fill(name, "fid", 0, 8, fids);
    }
  }

  private static Set<Long> taken(List<Node> names, String attribute) throws VirtException {
    Set<Long> taken = new HashSet<>();
    for (Node name : names) {
      Long value = name.number("@" + attribute);
      if (value == null) {
        continue;
      }
      if (attribute.equals("uid") && (value < 1 || value > MAX_UID)) {
        throw Refusal.xml(
            name.path("@uid"), "'" + name.get("@uid") + "' is not within 1 to 0xffff");
      }
      if (value < 0 || value > MAX_FID) {
        throw Refusal.xml(
            name.path("@" + attribute), "'" + name.get("@" + attribute) + "' is out of range");
      }
      if (!taken.add(value)) {
        throw Refusal.xml(name.path("@" + attribute), "'" + value + "' is there twice");
      }
    }
    return taken;
  }

  private static void fill(Node name, String attribute, long first, int digits, Set<Long> taken)
      throws VirtException {
    Long value = name.number("@" + attribute);
    long number = value == null ? first : value;
    while (value == null && !taken.add(number)) {
      number++;
    }
    name.set(attribute, Numbers.hex(number, digits));
  }
}
