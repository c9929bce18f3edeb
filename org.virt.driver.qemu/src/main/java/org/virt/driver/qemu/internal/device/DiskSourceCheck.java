package org.virt.driver.qemu.internal.device;

import java.util.List;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/** What is refused of where an image is, and of the images behind it. */
final class DiskSourceCheck {
  /** Formats in libvirt's words. */
  private static final Set<String> FORMATS =
      Set.of(
          "raw", "fat", "qcow2", "qcow", "bochs", "cloop", "dmg", "ploop", "qed", "vdi", "vhd",
          "vmdk", "vpc");

  /** Formats of images that have others behind them. */
  private static final Set<String> LAYERED = Set.of("qcow", "qcow2", "qed", "vmdk");

  /** Protocols that speak to one host. */
  private static final Set<String> SINGLE =
      Set.of("nbd", "http", "https", "ftp", "ftps", "ssh", "nfs");

  private static final Set<String> LOGIN =
      Set.of("rbd", "iscsi", "ssh", "http", "https", "ftp", "ftps");

  /** Types whose images may be missing at a start. */
  private static final Set<String> OPTIONAL = Set.of("file", "block", "dir", "volume");

  private DiskSourceCheck() {}

  /** Checks a disk and all images behind it. */
  static void run(Node disk) throws VirtException {
    String policy = "source/@startupPolicy";
    if (disk.has(policy) && !OPTIONAL.contains(disk.get("@type"))) {
      throw Refusal.xml(disk.path(policy), "is not for type '" + disk.get("@type") + "'");
    }
    if (disk.is("@device", "lun") && disk.has("source/slices")) {
      throw Refusal.of(disk.path("source/slices"), "a 'lun' has none");
    }
    reservations(disk.child("source/reservations"));
    network(disk.get("@type"), disk.child("source"));
    login(disk, disk.get("@type"));
    encryption(disk, disk.get("driver/@type", "raw"));
    layers(disk);
  }

  static boolean isFormat(String format) {
    return FORMATS.contains(format);
  }

  private static void layers(Node over) throws VirtException {
    Node layer = over.child("backingStore");
    if (layer == null || layer.children().isEmpty() && !layer.has("@type")) {
      return;
    }
    String type = layer.get("@type", "file");
    String format = layer.get("format/@type");
    if (format == null || !layer.has("source")) {
      throw Refusal.xml(layer.path(format == null ? "format/@type" : "source"), "missing");
    }
    if (!isFormat(format)) {
      throw Refusal.xml(layer.path("format/@type"), "'" + format + "' is not supported");
    }
    network(type, layer.child("source"));
    login(layer, type);
    encryption(layer, format);
    layers(layer);
  }

  /** Refuses images behind one whose format knows of none, and places that no driver reaches. */
  static void runnable(Node disk) throws VirtException {
    Node over = disk;
    String format = disk.get("driver/@type", "raw");
    while (over != null) {
      reachable(over.child("source"));
      Node layer = over.child("backingStore");
      if (layer != null && layer.has("@type") && !LAYERED.contains(format)) {
        throw Refusal.of(layer.path(), "an image of format '" + format + "' has none behind it");
      }
      format = layer == null ? null : layer.get("format/@type", "raw");
      over = layer;
    }
  }

  private static void reachable(Node source) throws VirtException {
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

  /** Checks a place in the network. */
  static void network(String type, Node source) throws VirtException {
    if (source == null || !"network".equals(type)) {
      return;
    }
    String protocol = source.require("@protocol");
    boolean nameless = source.get("@name", "").isEmpty();
    if (nameless && !protocol.equals("nbd")) {
      throw Refusal.xml(source.path("@name"), "missing");
    }
    if (protocol.equals("gluster") && !source.get("@name").matches("/?[^/]+/.+")) {
      throw Refusal.xml(source.path("@name"), "is not a volume and the path of an image in it");
    }
    if (protocol.equals("tftp")) {
      throw Refusal.value(source.path("@protocol"), protocol);
    }
    if (protocol.equals("nfs")) {
      nfs(source);
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

  private static void login(Node layer, String type) throws VirtException {
    String protocol = layer.get("source/@protocol", "");
    boolean auth = layer.has("auth") || layer.has("source/auth");
    if (auth && "network".equals(type) && !LOGIN.contains(protocol)) {
      throw Refusal.of(layer.path("auth"), "nobody logs in with '" + protocol + "'");
    }
  }

  private static void encryption(Node layer, String format) throws VirtException {
    Node encryption = layer.child("source/encryption");
    encryption = encryption == null ? layer.child("encryption") : encryption;
    if (encryption == null) {
      return;
    }
    if (layer.is("@type", "vhostuser") || layer.is("@device", "lun")) {
      throw Refusal.of(encryption.path(), "is not for such a disk");
    }
    String kind = encryption.get("@format", "");
    boolean ceph = encryption.is("@engine", "librbd");
    if (kind.equals("qcow") || kind.equals("default") || format.equals("qcow")) {
      throw Refusal.of(encryption.path("@format"), "the old encryption of qcow2 is not supported");
    }
    if (ceph && !layer.is("source/@protocol", "rbd")) {
      throw Refusal.of(encryption.path("@engine"), "'librbd' is for images of 'rbd'");
    }
    if (!kind.equals("luks") && !(ceph && kind.equals("luks2"))) {
      throw Refusal.value(encryption.path("@format"), kind);
    }
    if (!ceph && !format.equals("raw") && !format.equals("qcow2")) {
      throw Refusal.of(encryption.path(), "needs the format 'raw' or 'qcow2'");
    }
    for (String member : List.of("cipher", "ivgen")) {
      if (encryption.has(member)) {
        throw Refusal.of(encryption.path(member), "is for the making of a volume");
      }
    }
    if (!encryption.has("secret")) {
      throw Refusal.of(encryption.path("secret"), "missing");
    }
    for (Node secret : encryption.children("secret")) {
      if (secret.has("@uuid") == secret.has("@usage")) {
        throw Refusal.xml(secret.path(), "has either uuid or usage");
      }
    }
  }

  private static void reservations(Node reservations) throws VirtException {
    if (reservations == null) {
      return;
    }
    reservations.require("@managed");
    if (reservations.on("@managed")) {
      return;
    }
    if (!reservations.is("source/@type", "unix") || !reservations.is("source/@mode", "client")) {
      throw Refusal.xml(reservations.path("source"), "is no socket to connect to");
    }
    reservations.require("source/@path");
  }
}
