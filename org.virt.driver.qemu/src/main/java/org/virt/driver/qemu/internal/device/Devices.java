package org.virt.driver.qemu.internal.device;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/** All devices of a machine, from the XML to the command line. */
public final class Devices {
  /** What is filled in before the other devices, or after them. */
  private static final Set<String> EARLIER_OR_LATER =
      Set.of("disk", "hostdev", "memory", "controller");

  private Devices() {}

  /** Fills in what does not depend on other parts of the machine. */
  public static void prepare(Guest guest) throws VirtException {
    for (Node memory : guest.devices("memory")) {
      Parts.of(memory).complete(guest, memory);
    }
  }

  /** Puts devices in the order in which libvirt keeps them, whenever they came. */
  public static void sort(Guest guest) throws VirtException {
    DiskPart.sort(guest);
  }

  /** Fills in everything. */
  public static void complete(Guest guest) throws VirtException {
    Controllers.number(guest);
    completeAll(guest, "disk");
    sort(guest);
    completeAll(guest, "hostdev");
    Controllers.ofHostDevices(guest);
    Controllers.ofBoard(guest);
    implied(guest);
    for (Node device : List.copyOf(guest.devices().children())) {
      if (!EARLIER_OR_LATER.contains(device.name())) {
        Parts.of(device).complete(guest, device);
      }
    }
    ConsolePart.number(guest);
    Controllers.ofDevices(guest);
    completeAll(guest, "controller");
    SerialBus.place(guest);
    ChannelBus.place(guest);
    PciChipset.placeIde(guest);
    PciAssignment.run(guest);
    Zpci.assign(guest);
    for (Node controller : guest.devices("controller")) {
      if (controller.is("@type", "pci")) {
        PciPart.complete(guest, controller);
        PciPart.finish(guest, controller);
      }
    }
  }

  private static void completeAll(Guest guest, String kind) throws VirtException {
    for (Node device : guest.devices(kind)) {
      Parts.of(device).complete(guest, device);
    }
  }

  /** Adds what every machine of its kind has. */
  private static void implied(Guest guest) throws VirtException {
    ConsolePart.pair(guest);
    Board board = guest.board();
    if (board.isPc()) {
      addInput(guest, "mouse");
      addInput(guest, "keyboard");
    }
    Node devices = guest.devices();
    boolean window =
        guest.devices("graphics").stream()
            .findFirst()
            .filter(first -> first.is("@type", "sdl", "egl-headless", "dbus"))
            .isPresent();
    if (!window) {
      Audio.addDefault(guest);
    }
    primaryFirst(guest);
    if (!devices.has("video") && !devices.children("graphics").isEmpty()) {
      devices.add(Node.of("video"));
    }
    boolean arm = board == Board.VIRT && guest.isArm();
    if (!devices.has("memballoon") && board != Board.OTHER && !arm) {
      devices.add(Node.of("memballoon", "model", "virtio"));
    }
    if (board == Board.S390 && !devices.has("panic")) {
      devices.add(Node.of("panic", "model", "s390"));
    }
    if (board == Board.PSERIES && !devices.has("panic")) {
      devices.add(Node.of("panic", "model", "pseries"));
    }
  }

  /** The card that the guest begins with is the first one. */
  private static void primaryFirst(Guest guest) {
    for (Node video : List.copyOf(guest.devices("video"))) {
      if (video.on("model/@primary")) {
        Node first = guest.devices("video").get(0);
        int place = guest.devices().children().indexOf(first);
        if (first != video) {
          video.remove();
          guest.devices().add(place, video);
        }
        return;
      }
    }
  }

  private static void addInput(Guest guest, String type) {
    boolean there =
        guest.devices("input").stream()
            .anyMatch(i -> i.is("@type", type) && "ps2".equals(i.get("@bus", "ps2")));
    if (!there) {
      guest.devices().add(Node.of("input", "type", type, "bus", "ps2"));
    }
  }

  /** Gives out what belongs to one run: ports of USB, and where sound goes. */
  public static void plug(Guest guest) throws VirtException {
    UsbPlan.run(guest);
    Audio.addDefault(guest);
  }

  /** Refuses what libvirt refuses, of a complete machine. */
  public static void check(Guest guest) throws VirtException {
    Set<String> names = new HashSet<>();
    for (Node device : guest.devices().children()) {
      Parts.of(device).check(guest, device);
      AddressCheck.run(guest, device);
      BoardCheck.run(guest, device);
      Chardev.needsScreen(guest, device);
      String name = device.get("alias/@name", "");
      boolean twin = device.name().equals("console") && ConsolePart.isTwin(device);
      if (name.startsWith("ua-") && !twin && !names.add(name)) {
        throw Refusal.xml(device.path("alias/@name"), "'" + name + "' is there twice");
      }
    }
    UsbPlan.check(guest);
  }

  /** Writes all devices. */
  public static void write(Machine machine, CommandLine out) throws VirtException {
    for (Node device : machine.guest().devices().children()) {
      boolean plain = List.of("emulator", "redirfilter", "lease").contains(device.name());
      if (!plain && !Parts.isKnown(device.name())) {
        throw Refusal.of(device.path(), "not supported by the QEMU driver");
      }
    }
    for (String kind : Parts.written()) {
      List<Node> devices = machine.guest().devices(kind);
      for (Node device : kind.equals("controller") ? busesFirst(devices) : devices) {
        Parts.of(device).write(machine, device, out);
      }
    }
  }

  private static List<Node> busesFirst(List<Node> controllers) {
    List<String> order = List.of("pci", "usb", "scsi", "ide", "sata", "virtio-serial");
    return controllers.stream()
        .sorted(
            java.util.Comparator.comparingInt(
                c -> order.indexOf(c.get("@type")) & Integer.MAX_VALUE))
        .toList();
  }
}
