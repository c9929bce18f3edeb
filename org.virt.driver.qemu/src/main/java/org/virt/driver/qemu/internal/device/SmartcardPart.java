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

/** Smart cards. */
public final class SmartcardPart implements Part {
  private static final String DATABASE = "/etc/pki/nssdb";

  @Override
  public void complete(Guest guest, Node card) {
    Chardev.complete(card);
    if (!card.has("address")) {
      int slot = guest.devices("smartcard").indexOf(card);
      card.add(
          Node.of("address", "type", "ccid", "controller", "0", "slot", Integer.toString(slot)));
    }
  }

  @Override
  public void check(Guest guest, Node card) throws VirtException {
    card.require("@mode");
    card.oneOf("@mode", "host", "host-certificates", "passthrough");
    if (card.is("@mode", "host-certificates") && card.children("certificate").size() != 3) {
      throw Refusal.xml(card.path("certificate"), "there must be three");
    }
    if (!card.get("database", "/").startsWith("/")) {
      throw Refusal.xml(card.path("database"), "is no absolute path");
    }
    boolean first = card.is("address/@controller", "0") && card.is("address/@slot", "0");
    if (guest.devices("smartcard").size() > 1 || !first) {
      throw Refusal.of(card.path(), "there is one only, in the first reader's only slot");
    }
    if (card.is("@mode", "passthrough")) {
      card.require("@type");
      Chardev.check(card);
    }
  }

  @Override
  public void write(Machine machine, Node card, CommandLine out) throws VirtException {
    String alias = Machine.alias(card);
    Props props;
    switch (card.get("@mode")) {
      case "host" -> props = Props.device("ccid-card-emulated").put("backend", "nss-emulated");
      case "host-certificates" -> {
        props = Props.device("ccid-card-emulated").put("backend", "certificates");
        List<Node> certificates = card.children("certificate");
        for (int i = 0; i < certificates.size(); i++) {
          props.put("cert" + (i + 1), certificates.get(i).text());
        }
        props.put("db", card.get("database", DATABASE));
      }
      default -> {
        Chardev.write(card, "char" + alias, out);
        props = Props.device("ccid-card-passthru").put("chardev", "char" + alias);
      }
    }
    out.device(machine.place(props.put("id", alias), card));
  }
}
