package org.virt.driver.esx.internal;

import java.util.ArrayList;
import java.util.List;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.host.HostInterface;
import org.virt.api.host.HostInterfaces;
import org.virt.api.xml.XmlWriter;
import org.virt.driver.esx.internal.soap.Node;

/** The host's network cards as its interfaces, as in libvirt's driver. */
final class NetworkCards implements HostInterfaces {
  private static final String CARDS = "config.network.pnic";

  private final Vim vim;
  private final Inventory place;

  NetworkCards(Vim vim, Inventory place) {
    this.vim = vim;
    this.place = place;
  }

  private List<Node> ask(String action) throws VirtException {
    return Query.one(vim, action, place.host(), CARDS).node(CARDS).children();
  }

  @Override
  public List<HostInterface> interfaces() throws VirtException {
    List<HostInterface> interfaces = new ArrayList<>();
    for (Node card : ask("list interfaces of " + vim.host())) {
      interfaces.add(
          new HostInterface(
              card.text("device"),
              card.text("mac"),
              isUp(card) ? HostInterface.State.ACTIVE : HostInterface.State.INACTIVE));
    }
    return interfaces;
  }

  /** A card whose link is down has no speed. */
  private static boolean isUp(Node card) {
    return card.find("linkSpeed").isPresent();
  }

  @Override
  public String interfaceXml(String name) throws VirtException {
    for (Node card : ask("get XML of interface " + name)) {
      if (card.text("device").equals(name)) {
        return xml(card);
      }
    }
    throw new VirtException(
        ErrorCode.NO_INTERFACE,
        "Interface not found: couldn't find interface named '" + name + "'");
  }

  private static String xml(Node card) {
    XmlWriter out = new XmlWriter().open("interface").attribute("type", "ethernet");
    out.attribute("name", card.text("device"));
    out.open("start").attribute("mode", "onboot").close();
    out.open("mac").attribute("address", card.text("mac")).close();
    if (isUp(card)) {
      out.open("link").attribute("speed", card.text("linkSpeed.speedMb"));
      out.attribute("state", "up").close();
    } else {
      out.open("link").attribute("state", "down").close();
    }
    Node ip = card.at("spec.ip");
    if (ip.isTrue("dhcp")) {
      out.open("protocol").attribute("family", "ipv4").open("dhcp").close().close();
    } else if (!ip.text("ipAddress").isEmpty()) {
      out.open("protocol").attribute("family", "ipv4");
      out.open("ip").attribute("address", ip.text("ipAddress"));
      out.attribute("prefix", prefix(ip.text("subnetMask"))).close().close();
    }
    return out.close().toString();
  }

  private static int prefix(String mask) {
    int bits = 0;
    for (String part : mask.split("\\.")) {
      bits += part.matches("[0-9]{1,3}") ? Integer.bitCount(Integer.parseInt(part)) : 0;
    }
    return bits;
  }
}
