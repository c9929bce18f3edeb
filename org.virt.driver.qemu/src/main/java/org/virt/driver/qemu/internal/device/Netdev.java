package org.virt.driver.qemu.internal.device;

import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Facts;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** What network cards are plugged into. */
final class Netdev {
  private static final Set<String> TYPES =
      Set.of(
          "user",
          "network",
          "bridge",
          "ethernet",
          "direct",
          "hostdev",
          "vhostuser",
          "internal",
          "server",
          "client",
          "mcast",
          "udp",
          "vdpa",
          "null",
          "vds");

  private static final Set<String> TAPS = Set.of("network", "bridge", "ethernet", "direct");

  private Netdev() {}

  static void complete(Node card) throws VirtException {
    if (card.is("@type", "direct") && card.has("source")) {
      card.child("source").fill("mode", "vepa");
    }
    Node source = card.child("source");
    if (source != null && card.is("@type", "vhostuser")) {
      source.fill("type", "unix");
    }
    // Names that libvirt gives belong to one run.
    String given = card.is("@type", "direct") ? "(vnet|macvtap|macvlan)[0-9]*" : "vnet[0-9]*";
    if (card.get("target/@dev", "").matches(given)) {
      Node target = card.child("target");
      target.set("dev", null);
      if (target.attributes().isEmpty()) {
        target.remove();
      }
    }
  }

  static void check(Guest guest, Node card) throws VirtException {
    String type = card.get("@type");
    if (!TYPES.contains(type)) {
      throw Refusal.value(card.path("@type"), type);
    }
    switch (type) {
      case "bridge" -> card.require("source/@bridge");
      case "network" -> card.require("source/@network");
      case "direct", "vdpa" -> card.require("source/@dev");
      case "vhostuser" -> vhostUser(card);
      case "hostdev" -> {
        if (!card.is("source/address/@type", "pci")) {
          throw Refusal.xml(card.path("source/address"), "is no PCI address");
        }
      }
      case "server", "client", "mcast", "udp" -> card.require("source/@port");
      default -> {
        // The others need nothing.
      }
    }
    NetCheck.run(card);
    boolean tap = type.equals("ethernet") || !card.has("target/@managed");
    if (!tap) {
      throw Refusal.of(card.path("target/@managed"), "is for interfaces of type 'ethernet'");
    }
    if (card.has("backend/@tap") && !TAPS.contains(type)) {
      throw Refusal.of(card.path("backend/@tap"), "is not for interfaces of type '" + type + "'");
    }
  }

  private static void vhostUser(Node card) throws VirtException {
    card.require("source/@path");
    if (card.has("backend/@tap") || card.has("backend/@vhost")) {
      throw Refusal.of(card.path("backend"), "is not for interfaces of type 'vhostuser'");
    }
    card.oneOf("source/@mode", "client", "server");
    card.oneOf("source/@type", "unix");
    if (card.is("source/@mode", "server") && card.on("source/reconnect/@enabled")) {
      throw Refusal.of(card.path("source/reconnect"), "who waits for others does not reconnect");
    }
    card.require("source/@mode");
    if (!card.is("model/@type", "virtio", "virtio-transitional", "virtio-non-transitional")) {
      throw Refusal.of(card.path("model/@type"), "'vhostuser' needs model 'virtio'");
    }
  }

  static void write(Machine machine, Node card, String id, long queues, CommandLine out)
      throws VirtException {
    String type = card.get("@type");
    if (card.has("filterref") && !TAPS.contains(type)) {
      throw Refusal.of(card.path("filterref"), "an interface of type '" + type + "' has no filter");
    }
    String end = ",id=" + id;
    switch (type) {
      case "user" -> {
        if (queues > 1) {
          throw Refusal.of(card.path("driver/@queues"), "an interface of type 'user' has one");
        }
        out.add("-netdev", "user" + user(card) + end);
      }
      case "null", "internal" -> out.add("-netdev", "hubport,hubid=0" + end);
      case "network", "bridge", "ethernet", "direct" -> {
        Facts.Tap tap = tap(machine, card);
        String words =
            tap.files().isEmpty() ? named(tap, card, queues) + end : opened(tap, card, id);
        out.add("-netdev", words);
      }
      case "server" -> out.add("-netdev", "socket,listen=" + at(card) + end);
      case "client" -> out.add("-netdev", "socket,connect=" + at(card) + end);
      case "mcast" -> out.add("-netdev", "socket,mcast=" + at(card) + end);
      case "udp" -> {
        Node local = card.child("source/local");
        String from = local == null ? "" : local.get("@address") + ":" + local.get("@port");
        out.add("-netdev", "socket,udp=" + at(card) + ",localaddr=" + from + end);
      }
      case "vhostuser" -> {
        String server = card.is("source/@mode", "server") ? ",server=on,wait=off" : "";
        String path = CommandLine.escape(card.get("source/@path"));
        String again = Chardev.reconnect(card.child("source"));
        String chardev = "char" + Machine.alias(card);
        out.add("-chardev", "socket,id=" + chardev + ",path=" + path + server + again);
        String many = queues > 1 ? ",queues=" + queues : "";
        out.add("-netdev", "vhost-user,chardev=" + chardev + many + end);
      }
      case "vdpa" -> {
        String device = CommandLine.escape(card.get("source/@dev"));
        String many = queues > 1 ? ",queues=" + queues : "";
        out.add("-netdev", "vhost-vdpa,vhostdev=" + device + many + end);
      }
      default -> throw Refusal.value(card.path("@type"), type);
    }
  }

  private static String at(Node card) throws VirtException {
    String address = card.get("source/@address", "");
    return CommandLine.escape(address) + ":" + card.number("source/@port");
  }

  private static String user(Node card) throws VirtException {
    StringBuilder options = new StringBuilder();
    for (Node ip : card.children("ip")) {
      String prefix = ip.get("@prefix");
      String length = prefix == null ? "" : "/" + prefix;
      if (ip.is("@family", "ipv6")) {
        options.append(",ipv6-prefix=").append(CommandLine.escape(ip.require("@address")));
        options.append(prefix == null ? "" : ",ipv6-prefixlen=" + prefix);
      } else {
        options.append(",net=").append(CommandLine.escape(ip.require("@address"))).append(length);
      }
    }
    return options.toString();
  }

  private static Facts.Tap tap(Machine machine, Node card) throws VirtException {
    Facts.Tap tap = machine.facts().taps().get(Machine.alias(card));
    if (tap == null) {
      throw Refusal.value(card.path("target/@dev"), null);
    }
    return tap;
  }

  /** Writes an interface whose files are open already. */
  private static String opened(Facts.Tap tap, Node card, String id) throws VirtException {
    String files = String.join(":", tap.files());
    return Props.netdev("tap", id)
        .put(tap.files().size() > 1 ? "fds" : "fd", files)
        .put("sndbuf", card.number("tune/sndbuf"))
        .put("vhost", tap.backend() == Facts.Backend.VHOST ? true : null)
        .toString();
  }

  private static String named(Facts.Tap tap, Node card, long queues) {
    String headers =
        switch (tap.headers()) {
          case VIRTIO -> ",vnet_hdr=on";
          case NONE -> ",vnet_hdr=off";
          case AS_IT_IS -> "";
        };
    String size = card.get("tune/sndbuf");
    return "tap,ifname="
        + CommandLine.escape(tap.name())
        + ",script=no,downscript=no"
        + headers
        + (size == null ? "" : ",sndbuf=" + size)
        + (queues > 1 ? ",queues=" + queues : "")
        + (tap.backend() == Facts.Backend.VHOST ? ",vhost=on" : "");
  }
}
