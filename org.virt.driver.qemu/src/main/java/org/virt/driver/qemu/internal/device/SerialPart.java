package org.virt.driver.qemu.internal.device;

import java.util.Map;
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

/** Serial ports. */
public final class SerialPart implements Part {
  private static final Map<String, String> MODELS =
      Map.of(
          "isa-serial", "isa-serial",
          "pci-serial", "pci-serial",
          "usb-serial", "usb-serial",
          "spapr-vio-serial", "spapr-vty",
          "sclp-serial", "sclpconsole",
          "isa-debug", "isa-debugcon");

  @Override
  public void complete(Guest guest, Node serial) throws VirtException {
    Node target = serial.ensure("target");
    Chardev.complete(serial);
    if (!target.has("@port") || target.is("@port", "-1")) {
      target.set("port", Integer.toString(freePort(guest)));
    }
    target.fill("type", type(guest, serial));
    String type = target.get("@type");
    if (!target.has("model")) {
      boolean arm = guest.arch().matches("aarch64|armv[67]l");
      String model = type.equals("system-serial") ? arm ? "pl011" : "16550a" : MODELS.get(type);
      if (model != null) {
        target.add(Node.of("model", "name", model));
      }
    }
  }

  private static int freePort(Guest guest) throws VirtException {
    long last = -1;
    for (Node other : guest.devices("serial")) {
      last = Math.max(last, other.number("target/@port", -1));
    }
    return (int) last + 1;
  }

  private static String type(Guest guest, Node serial) {
    String address = serial.get("address/@type", "");
    if (address.equals("usb")) {
      return "usb-serial";
    }
    if (address.equals("pci")) {
      return "pci-serial";
    }
    return switch (guest.board()) {
      case VIRT -> "system-serial";
      case PSERIES -> "spapr-vio-serial";
      case S390 -> "sclp-serial";
      default -> "isa-serial";
    };
  }

  @Override
  public PciKind pci(Guest guest, Node serial) {
    return serial.is("target/@type", "pci-serial") ? PciKind.PCI : PciKind.NONE;
  }

  @Override
  public void check(Guest guest, Node serial) throws VirtException {
    Chardev.noAgent(serial);
    Chardev.check(serial);
    Node target = serial.child("target");
    String type = target.get("@type");
    String model = target.get("model/@name", "");
    boolean arm = guest.isArm() && guest.board() == Board.VIRT;
    boolean fits =
        switch (type) {
          case "isa-serial", "isa-debug" -> guest.board().isPc();
          case "spapr-vio-serial" -> guest.board() == Board.PSERIES;
          case "sclp-serial" -> guest.board() == Board.S390;
          case "system-serial" -> model.equals("pl011") ? arm : guest.board() == Board.VIRT;
          default -> MODELS.containsKey(type);
        };
    boolean known = model.isEmpty() || type.equals("system-serial") || suits(type, model);
    if (!fits || !known) {
      throw Refusal.of(
          serial.path("target"),
          "type '%s' with model '%s' is not for machine type '%s' on %s"
              .formatted(type, model, guest.machine(), guest.arch()));
    }
  }

  private static boolean suits(String type, String model) {
    return model.equals(MODELS.get(type))
        || type.equals("sclp-serial") && model.equals("sclplmconsole");
  }

  @Override
  public void write(Machine machine, Node serial, CommandLine out) throws VirtException {
    String alias = Machine.alias(serial);
    Chardev.write(serial, "char" + alias, out);
    String model = serial.get("target/model/@name", "");
    Props props = Props.device(model).put("chardev", "char" + alias).put("id", alias);
    if (model.equals("isa-serial")) {
      props.put("index", serial.number("target/@port"));
      if (serial.is("address/@type", "isa")) {
        machine.place(props, serial);
      }
    } else {
      machine.place(props, serial);
    }
    out.device(props);
  }
}
