package org.virt.driver.qemu.internal.device;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/** What is refused of an image that a server has, and of who logs in there. */
final class NetworkSourceCheck {
  /** Protocols that speak to one host. */
  private static final Set<String> SINGLE =
      Set.of("nbd", "http", "https", "ftp", "ftps", "ssh", "nfs");

  private static final Set<String> LOGIN =
      Set.of("rbd", "iscsi", "ssh", "http", "https", "ftp", "ftps");

  private NetworkSourceCheck() {}

  /** Checks the source of a disk or a layer, and its login; passes others over. */
  static void run(Node layer, String type) throws VirtException {
    login(layer, type);
    Node source = layer.child("source");
    if (source == null || !"network".equals(type)) {
      return;
    }
    String protocol = source.require("@protocol");
    hosts(source);
    cookies(source.child("cookies"));
    boolean nameless = source.get("@name", "").isEmpty();
    if (nameless && !protocol.equals("nbd")) {
      throw Refusal.xml(source.path("@name"), "missing");
    }
    String path = source.get("@name", "");
    boolean two = protocol.equals("gluster") || protocol.equals("rbd");
    if (two && !path.matches(protocol.equals("rbd") ? "[^/]*/.*" : "/?[^/]+/.+")) {
      throw Refusal.xml(source.path("@name"), "is not a volume and the path of an image in it");
    }
    if (protocol.equals("tftp")) {
      throw Refusal.value(source.path("@protocol"), protocol);
    }
    if (source.has("@tlsHostname") && !protocol.equals("nbd")) {
      throw Refusal.of(source.path("@tlsHostname"), "is for 'nbd'");
    }
    if (protocol.equals("nfs")) {
      nfs(source);
    }
  }

  /** Checks whom one speaks to. */
  static void hosts(Node source) throws VirtException {
    for (Node host : source.children("host")) {
      boolean unix = host.is("@transport", "unix");
      if (unix != host.has("@socket")) {
        String reason = unix ? "missing" : "is for transport 'unix'";
        throw Refusal.xml(host.path("@socket"), reason);
      }
      if (!unix) {
        host.require("@name");
      }
    }
  }

  private static void cookies(Node cookies) throws VirtException {
    Set<String> names = new HashSet<>();
    for (Node cookie : cookies == null ? List.<Node>of() : cookies.children("cookie")) {
      if (!(cookie.get("@name") + cookie.text()).matches("[^\\s\\p{Cntrl},;\\\\]*")) {
        throw Refusal.xml(cookie.path(), "holds a character that no cookie can");
      }
      if (!names.add(cookie.get("@name"))) {
        throw Refusal.xml(cookie.path("@name"), "is there twice");
      }
    }
  }

  private static void nfs(Node source) throws VirtException {
    List<Node> hosts = source.children("host");
    if (hosts.size() != 1) {
      throw Refusal.of(source.path("host"), "'nfs' has one");
    }
    Node host = hosts.get(0);
    if (host.has("@port")) {
      throw Refusal.of(host.path("@port"), "'nfs' has its own");
    }
    if (!host.get("@transport", "tcp").equals("tcp")) {
      throw Refusal.of(host.path("@transport"), "'nfs' is spoken over TCP");
    }
  }

  /** Who logs in somewhere does so with a secret made for that. */
  private static void login(Node layer, String type) throws VirtException {
    Node auth = layer.has("auth") ? layer.child("auth") : layer.child("source/auth");
    if (auth == null) {
      return;
    }
    String protocol = layer.get("source/@protocol", "");
    if ("network".equals(type) && !LOGIN.contains(protocol)) {
      throw Refusal.of(auth.path(), "nobody logs in with '" + protocol + "'");
    }
    secret(auth, protocol);
  }

  /** Checks a login. */
  static void secret(Node auth, String protocol) throws VirtException {
    auth.require("@username");
    Node secret = auth.child("secret");
    if (secret == null || secret.has("@uuid") == secret.has("@usage")) {
      throw Refusal.xml(auth.path("secret"), "missing, or has not either uuid or usage");
    }
    secret.oneOf("@type", "ceph", "iscsi", "volume", "tls", "vtpm");
    boolean ceph = protocol.equals("rbd") && !secret.get("@type", "ceph").equals("ceph");
    boolean iscsi = protocol.equals("iscsi") && !secret.get("@type", "iscsi").equals("iscsi");
    if (ceph || iscsi) {
      throw Refusal.xml(
          secret.path("@type"), "'" + secret.get("@type") + "' is not for '" + protocol + "'");
    }
  }

  /** Refuses places that no driver of QEMU reaches; only writing them shows it. */
  static void reachable(Node source) throws VirtException {
    if (source == null || !source.has("@protocol")) {
      return;
    }
    String protocol = source.get("@protocol");
    List<Node> hosts = source.children("host");
    if (hosts.size() > 1 && SINGLE.contains(protocol)) {
      throw Refusal.of(hosts.get(1).path(), "'" + protocol + "' has one");
    }
    if (source.on("@tls") && !protocol.equals("nbd")) {
      throw Refusal.of(source.path("@tls"), "is for 'nbd'");
    }
    for (Node host : hosts) {
      String transport = host.get("@transport", "tcp");
      boolean unix = transport.equals("unix") && Set.of("nbd", "gluster").contains(protocol);
      if (!transport.equals("tcp") && !unix) {
        throw Refusal.value(host.path("@transport"), transport);
      }
    }
  }
}
