package org.virt.driver.qemu.internal.device;

import java.util.List;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Numbers controllers and adds those that devices need and boards have. */
public final class Controllers {
  private static final int MAX_INDEX = 255;

  private Controllers() {}

  /** Gives each controller its number, and puts those of a type in order. */
  static void number(Guest guest) throws VirtException {
    List<Node> all = List.copyOf(guest.devices("controller"));
    for (Node controller : all) {
      if (!controller.has("@type")) {
        throw Refusal.xml(controller.path("@type"), "missing");
      }
      Long index = controller.number("@index");
      if (index != null && index < 0) {
        throw Refusal.xml(controller.path("@index"), "'" + index + "' is negative");
      }
    }
    for (Node controller : all) {
      if (!controller.has("@index")) {
        controller.set("index", Long.toString(next(guest, controller)));
      } else {
        controller.set("index", Long.toString(controller.number("@index")));
      }
    }
    guest.devices().drop("controller");
    for (Node controller : all) {
      insert(guest, controller);
    }
  }

  /** The companions of a USB 2 controller share its number. */
  private static long next(Guest guest, Node controller) throws VirtException {
    String model = controller.get("@model", "");
    boolean usb2 = controller.is("@type", "usb") && model.startsWith("ich9-");
    if (usb2) {
      Long shared = sharedIndex(guest, controller, model);
      if (shared != null) {
        return shared;
      }
    }
    long index = 0;
    while (hasIndex(guest, controller.get("@type"), index)) {
      index++;
    }
    return index;
  }

  private static boolean hasIndex(Guest guest, String type, long index) throws VirtException {
    for (Node other : guest.devices("controller")) {
      if (other.is("@type", type) && other.number("@index", -1) == index) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns the number of the USB 2 controller just before, when this model is not part of it yet.
   */
  private static Long sharedIndex(Guest guest, Node controller, String model) throws VirtException {
    Long last = null;
    for (Node other : guest.devices("controller")) {
      if (other == controller) {
        break;
      }
      if (other.is("@type", "usb")) {
        last = other.get("@model", "").startsWith("ich9-") ? other.number("@index") : null;
      }
    }
    if (last == null) {
      return null;
    }
    for (Node other : guest.devices("controller")) {
      boolean same = other.is("@type", "usb") && last.equals(other.number("@index"));
      if (same && other.is("@model", model)) {
        return null;
      }
    }
    return last;
  }

  /** Puts a controller where libvirt does: among those of its type by number. */
  static void insert(Guest guest, Node controller) throws VirtException {
    List<Node> all = guest.devices().children();
    int at = -1;
    for (int i = all.size() - 1; i >= 0; i--) {
      Node other = all.get(i);
      if (!other.name().equals("controller")
          || !other.get("@type").equals(controller.get("@type"))) {
        continue;
      }
      long theirs = other.number("@index", 0);
      long ours = controller.number("@index", 0);
      boolean companion = !isCompanion(controller) && isCompanion(other) && theirs == ours;
      if (theirs > ours || companion) {
        at = i;
      } else if (at < 0) {
        at = i + 1;
      }
    }
    guest.devices().add(at < 0 ? all.size() : at, controller);
  }

  static boolean isCompanion(Node controller) {
    return controller.is("@model", "ich9-uhci1", "ich9-uhci2", "ich9-uhci3");
  }

  /** Adds what each board has. */
  static void ofBoard(Guest guest) throws VirtException {
    Board board = guest.board();
    boolean none = has(guest, "usb").stream().anyMatch(c -> c.is("@model", "none"));
    if (!none && guest.controller("usb", 0) == null) {
      if (board == Board.I440FX || board == Board.Q35 || board == Board.PSERIES) {
        need(guest, "usb", 0, board == Board.Q35 ? "qemu-xhci" : null);
      }
    }
    if (board == Board.Q35) {
      need(guest, "sata", 0, null);
    }
    boolean s390 = board == Board.S390;
    if (board.rootModel() != null && (!s390 || needsPci(guest))) {
      need(guest, "pci", 0, board.rootModel());
    }
  }

  private static boolean needsPci(Guest guest) {
    for (Node hostdev : guest.devices("hostdev")) {
      if (hostdev.is("@type", "pci")) {
        return true;
      }
    }
    return !has(guest, "pci").isEmpty();
  }

  private static List<Node> has(Guest guest, String type) {
    return guest.devices("controller").stream().filter(c -> c.is("@type", type)).toList();
  }

  /** Adds what the drives, ports and cards of a machine are plugged into. */
  static void ofDevices(Guest guest) throws VirtException {
    for (String bus : List.of("scsi", "fdc", "ide", "sata")) {
      long last = -1;
      for (Node disk : guest.devices("disk")) {
        if (disk.is("target/@bus", bus) && disk.is("address/@type", "drive")) {
          last = Math.max(last, index(disk));
        }
      }
      for (long i = 0; i <= last; i++) {
        need(guest, bus, i, null);
      }
    }
    SerialBus.needControllers(guest);
    for (Node card : guest.devices("smartcard")) {
      long last = card.number("address/@controller", 0);
      for (long i = 0; i <= last; i++) {
        need(guest, "ccid", i, null);
      }
    }
  }

  /** Adds those of SCSI devices of the host; libvirt does so before it adds any other. */
  static void ofHostDevices(Guest guest) throws VirtException {
    for (Node device : guest.devices("hostdev")) {
      if (device.is("@type", "scsi")) {
        for (long i = 0; i <= index(device); i++) {
          need(guest, "scsi", i, null);
        }
      }
    }
  }

  private static long index(Node device) throws VirtException {
    long index = device.number("address/@controller", 0);
    if (index < 0 || index > MAX_INDEX) {
      throw Refusal.value(device.path("address/@controller"), device.get("address/@controller"));
    }
    return index;
  }

  /** Adds a controller unless it is there; what is added comes last, as libvirt has it. */
  static void need(Guest guest, String type, long index, String model) {
    if (guest.controller(type, index) == null) {
      append(guest, type, index, model);
    }
  }

  static void append(Guest guest, String type, long index, String model) {
    String number = Long.toString(index);
    guest.devices().add(Node.of("controller", "type", type, "index", number, "model", model));
  }
}
