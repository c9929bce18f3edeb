package org.virt.driver.qemu.internal.device;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Addresses, routes and forwarded ports of interfaces. */
final class NetAddressCheck {
  private static final int IPV4_BITS = 32;
  private static final int IPV6_BITS = 128;
  private static final int IPV6_PREFIX = 64;

  private NetAddressCheck() {}

  static void run(Node card) throws VirtException {
    addresses(card);
    Node source = card.child("source");
    for (Node end : source == null ? List.of(card) : List.of(card, source)) {
      for (Node route : end.children("route")) {
        route(route);
      }
      for (Node ip : end.children("ip")) {
        address(ip, "@address", ip.require("@address"));
      }
    }
    for (Node ports : card.children("portForward")) {
      ports.require("@proto");
      ports.oneOf("@proto", "tcp", "udp");
      if (ports.has("@address")) {
        literal(ports, "@address");
      }
    }
  }

  private static void addresses(Node card) throws VirtException {
    Set<String> families = new HashSet<>();
    for (Node ip : card.children("ip")) {
      String address = ip.require("@address");
      boolean six = address.contains(":");
      if (!families.add(six ? "ipv6" : "ipv4")) {
        throw Refusal.of(ip.path(), "there is one address of each family");
      }
      if (ip.has("@peer")) {
        throw Refusal.of(ip.path("@peer"), "QEMU's guests have none");
      }
      long prefix = ip.number("@prefix", 0);
      if (six ? prefix != 0 && prefix != IPV6_PREFIX : prefix > IPV4_BITS) {
        throw Refusal.xml(ip.path("@prefix"), "'" + prefix + "' is no length of a prefix");
      }
    }
  }

  private static byte[] address(Node node, String path, String address) throws VirtException {
    boolean six = address.contains(":");
    boolean other = node.has("@family") && node.is("@family", "ipv6") != six;
    if (other) {
      throw Refusal.xml(node.path(path), "'" + address + "' is no address of its family");
    }
    return literal(node, path);
  }

  private static byte[] literal(Node node, String path) throws VirtException {
    String text = node.get(path);
    try {
      // No name has this form, so none is looked up.
      if (text.matches("([0-9]{1,3}\\.){3}[0-9]{1,3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]*")) {
        return InetAddress.getByName(text).getAddress();
      }
    } catch (UnknownHostException e) {
      // Refused below, as everything else is.
    }
    throw Refusal.xml(node.path(path), "'" + text + "' is no address of its family");
  }

  private static void route(Node route) throws VirtException {
    byte[] to = address(route, "@address", route.require("@address"));
    address(route, "@gateway", route.require("@gateway"));
    int bits = to.length * Byte.SIZE;
    long prefix = route.number("@prefix", bits);
    if (route.has("@netmask")) {
      BigInteger mask = new BigInteger(1, address(route, "@netmask", route.get("@netmask")));
      prefix = mask.bitCount();
    }
    boolean known = bits == IPV4_BITS || bits == IPV6_BITS;
    if (!known || prefix > bits) {
      throw Refusal.xml(route.path("@prefix"), "'" + prefix + "' is no length of a prefix");
    }
    int host = bits - (int) prefix;
    if (!new BigInteger(1, to).mod(BigInteger.ONE.shiftLeft(host)).equals(BigInteger.ZERO)) {
      throw Refusal.xml(route.path("@address"), "is an address within the network");
    }
  }
}
