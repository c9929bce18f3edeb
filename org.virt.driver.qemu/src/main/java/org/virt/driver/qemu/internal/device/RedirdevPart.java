package org.virt.driver.qemu.internal.device;

import java.util.List;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Offer;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.Props;

/** USB devices that come over the network. */
public final class RedirdevPart implements Part {
  private static final List<Offer> BUSES = Offer.list("bus", "usb", "usb-redir");

  @Override
  public void complete(Guest guest, Node redirdev) {
    Chardev.complete(redirdev);
  }

  @Override
  public List<Offer> offers(Board board) {
    return BUSES;
  }

  @Override
  public void check(Guest guest, Node redirdev) throws VirtException {
    redirdev.oneOf("@bus", Offer.values(BUSES));
    Chardev.check(redirdev);
  }

  @Override
  public void write(Machine machine, Node redirdev, CommandLine out) throws VirtException {
    String alias = Machine.alias(redirdev);
    Chardev.write(redirdev, "char" + alias, out);
    Props props = Props.device("usb-redir").put("chardev", "char" + alias).put("id", alias);
    props.put("filter", filter(machine.guest()));
    props.put("bootindex", machine.bootIndex(redirdev));
    out.device(machine.place(props, redirdev));
  }

  private static String filter(Guest guest) throws VirtException {
    List<Node> filters = guest.devices("redirfilter");
    if (filters.isEmpty()) {
      return null;
    }
    StringBuilder rules = new StringBuilder();
    for (Node rule : filters.get(0).children("usbdev")) {
      rules.append(rules.length() == 0 ? "" : "|");
      for (String part : List.of("class", "vendor", "product")) {
        Long value = rule.number("@" + part);
        String format = part.equals("class") ? "0x%02X" : "0x%04X";
        rules.append(value == null || value < 0 ? "-1" : format.formatted(value)).append(':');
      }
      String version = rule.get("@version", "-1");
      rules.append(version.equals("-1") ? version : bcd(version)).append(':');
      rules.append(rule.on("@allow") ? "1" : "0");
    }
    return rules.toString();
  }

  private static String bcd(String version) {
    String[] parts = version.split("\\.", -1);
    int minor = parts.length > 1 ? Integer.parseInt((parts[1] + "0").substring(0, 2), 16) : 0;
    return "0x%02x%02x".formatted(Integer.parseInt(parts[0], 16), minor);
  }
}
