package org.virt.driver.qemu.internal.device;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/** What libvirt refuses of interfaces, beside what each type must have. */
final class NetCheck {
  private static final int MAX_VLAN = 4095;

  /** What is for interfaces of some types alone. */
  private static final Map<String, Set<String>> TYPES =
      Map.of(
          "mtu/@size", Set.of("network", "bridge", "ethernet", "vhostuser"),
          "port/@isolated", Set.of("network", "bridge"),
          "virtualport", Set.of("network", "bridge", "direct", "hostdev"),
          "ip", Set.of("user", "vdpa"),
          "route", Set.of("vdpa"),
          "source/ip", Set.of("ethernet"),
          "source/route", Set.of("ethernet"),
          "coalesce", Set.of("network", "bridge"),
          "script", Set.of("ethernet"));

  private static final Set<String> MODES = Set.of("vepa", "private", "bridge", "passthrough");

  private NetCheck() {}

  static void run(Node card) throws VirtException {
    String type = card.get("@type");
    for (Map.Entry<String, Set<String>> part : TYPES.entrySet()) {
      if (card.has(part.getKey()) && !part.getValue().contains(type)) {
        throw Refusal.of(card.path(part.getKey()), "is not for interfaces of type '" + type + "'");
      }
    }
    if (type.equals("direct") && !MODES.contains(card.get("source/@mode", "vepa"))) {
      throw Refusal.value(card.path("source/@mode"), card.get("source/@mode"));
    }
    if (type.equals("udp") && !card.has("source/local")) {
      throw Refusal.xml(card.path("source/local"), "missing");
    }
    driver(card, type);
    NetAddressCheck.run(card);
    bandwidth(card.child("bandwidth"));
    if (card.has("bandwidth/inbound/@floor") && !type.equals("network")) {
      throw Refusal.of(card.path("bandwidth/inbound/@floor"), "is for interfaces of a network");
    }
    if (type.equals("internal")) {
      card.require("source/@name");
    }
    vlan(card.child("vlan"));
    virtualPort(card.child("virtualport"));
    teaming(card, card.child("teaming"));
  }

  private static void driver(Node card, String type) throws VirtException {
    if (type.equals("hostdev")) {
      card.oneOf("driver/@name", "vfio", "kvm", "xen");
    } else {
      card.oneOf("driver/@name", "qemu", "vhost");
    }
    if (type.equals("vdpa") && !card.is("model/@type", "virtio")) {
      throw Refusal.of(card.path("model/@type"), "'vdpa' needs model 'virtio'");
    }
  }

  private static void bandwidth(Node bandwidth) throws VirtException {
    if (bandwidth != null && bandwidth.has("@classID")) {
      throw Refusal.xml(bandwidth.path("@classID"), "is a network's to know");
    }
    for (String way : bandwidth == null ? List.<String>of() : List.of("inbound", "outbound")) {
      List<Node> limits = bandwidth.children(way);
      if (limits.size() > 1) {
        throw Refusal.xml(bandwidth.path(way), "is there twice");
      }
      for (Node limit : limits) {
        if (!limit.has("@average") && !limit.has("@floor")) {
          throw Refusal.xml(limit.path("@average"), "missing, and there is no floor");
        }
        if (way.equals("outbound") && limit.has("@floor")) {
          throw Refusal.of(limit.path("@floor"), "is for 'inbound'");
        }
      }
    }
  }

  private static void vlan(Node vlan) throws VirtException {
    if (vlan == null) {
      return;
    }
    List<Node> tags = vlan.children("tag");
    if (tags.isEmpty()) {
      throw Refusal.xml(vlan.path("tag"), "missing");
    }
    if (tags.size() > 1 && vlan.is("@trunk", "no")) {
      throw Refusal.xml(vlan.path("@trunk"), "'no' is for one tag");
    }
    for (Node tag : tags) {
      if (tag.number("@id", 0) > MAX_VLAN) {
        throw Refusal.xml(tag.path("@id"), "'" + tag.get("@id") + "' is more than " + MAX_VLAN);
      }
    }
  }

  private static void virtualPort(Node port) throws VirtException {
    if (port != null && !port.parent().is("@type", "network")) {
      port.require("@type");
    }
    List<String> needed =
        switch (port == null ? "" : port.get("@type", "")) {
          case "802.1Qbg" -> List.of("managerid", "typeid", "typeidversion");
          case "802.1Qbh" -> List.of("profileid");
          case "midonet" -> List.of("interfaceid");
          default -> List.of();
        };
    for (String parameter : needed) {
      port.require("parameters/@" + parameter);
    }
  }

  private static void teaming(Node card, Node teaming) throws VirtException {
    if (teaming == null) {
      return;
    }
    if (teaming.is("@type", "transient") != teaming.has("@persistent")) {
      throw Refusal.of(teaming.path("@persistent"), "is for type 'transient', which needs it");
    }
    if (teaming.is("@type", "transient") && !card.is("@type", "hostdev", "network")) {
      throw Refusal.of(teaming.path("@type"), "'transient' is for type 'hostdev'");
    }
  }
}
