package org.virt.driver.qemu.internal.device;

import java.util.List;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/**
 * Consoles. The first one is mostly the first serial port, listed twice (libvirt's formatdomain,
 * "Console").
 */
public final class ConsolePart implements Part {
  @Override
  public void complete(Guest guest, Node console) {
    Chardev.complete(console);
    Node target = console.ensure("target");
    int index = guest.devices("console").indexOf(console);
    target.fill("type", "serial");
    target.fill("port", Integer.toString(index));
  }

  /** Makes the first console and the first serial port one; before either is completed. */
  static void pair(Guest guest) {
    List<Node> consoles = guest.devices("console");
    List<Node> serials = guest.devices("serial");
    boolean other =
        !consoles.isEmpty() && !consoles.get(0).get("target/@type", "serial").equals("serial");
    if (consoles.isEmpty() || other) {
      boolean pairs =
          !serials.isEmpty()
              && !serials.get(0).is("target/@type", "usb-serial", "pci-serial", "isa-debug");
      if (pairs) {
        int first = other ? guest.devices().children().indexOf(consoles.get(0)) : 0;
        guest.devices().add(first, twin(serials.get(0), "console", "serial"));
      }
      return;
    }
    Node first = consoles.get(0);
    if (serials.isEmpty()) {
      serials = List.of(guest.devices().add(twin(first, "serial", null)));
    }
    Node twin = twin(serials.get(0), "console", "serial");
    int at = guest.devices().children().indexOf(first);
    guest.devices().children().set(at, twin);
    guest.devices().add(twin).remove();
    guest.devices().add(Math.min(at, guest.devices().children().size()), twin);
  }

  private static Node twin(Node device, String name, String type) {
    Node twin = Node.of(name, "type", device.get("@type"), "tty", device.get("@tty"));
    for (Node child : device.children()) {
      if (List.of("source", "protocol", "log", "alias").contains(child.name())) {
        twin.add(child.copy());
      }
    }
    twin.add(Node.of("target", "type", type, "port", "0"));
    return twin;
  }

  /** Gives the first console the port of the serial line that it stands for. */
  static void number(Guest guest) {
    List<Node> consoles = guest.devices("console");
    List<Node> serials = guest.devices("serial");
    if (!consoles.isEmpty() && !serials.isEmpty() && isTwin(consoles.get(0))) {
      Node console = consoles.get(0);
      console.ensure("target").set("port", serials.get(0).get("target/@port"));
      if (serials.get(0).has("address") && !console.has("address")) {
        console.add(serials.get(0).child("address").copy());
      }
    }
  }

  /** Says whether a console stands for the first serial port. */
  static boolean isTwin(Node console) {
    return console.is("target/@type", "serial");
  }

  @Override
  public void check(Guest guest, Node console) throws VirtException {
    Chardev.check(console);
    if (!console.get("target/@port", "0").matches("[0-9]+")) {
      throw Refusal.xml(console.path("target/@port"), "is not a number");
    }
    if (!console.is("target/@type", "virtio")) {
      Chardev.noAgent(console);
    }
    boolean first = guest.devices("console").indexOf(console) == 0;
    if (isTwin(console) && !first) {
      throw Refusal.of(console.path("target/@type"), "only the first console can be 'serial'");
    }
    console.oneOf("target/@type", "serial", "virtio", "sclp", "sclplm");
  }

  @Override
  public void write(Machine machine, Node console, CommandLine out) throws VirtException {
    if (isTwin(console)) {
      return;
    }
    String alias = Machine.alias(console);
    String type = console.get("target/@type");
    String driver =
        switch (type) {
          case "virtio" -> "virtconsole";
          case "sclp" -> "sclpconsole";
          case "sclplm" -> "sclplmconsole";
          default -> throw Refusal.value(console.path("target/@type"), type);
        };
    Chardev.write(console, "char" + alias, out);
    Props props = Props.device(driver);
    if (type.equals("virtio")) {
      SerialBus.put(machine, console, props);
    }
    out.device(props.put("chardev", "char" + alias).put("id", alias));
  }
}
