package org.virt.driver.qemu.internal.board;

import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Name, UUID, and what becomes of a machine that ends. */
public final class IdentityPart implements Part {
  private static final int UUID_DIGITS = 32;
  private static final Set<String> ENDS = Set.of("destroy", "restart", "rename-restart");
  private static final Set<String> CRASHES =
      Set.of(
          "destroy",
          "restart",
          "preserve",
          "rename-restart",
          "coredump-destroy",
          "coredump-restart");

  @Override
  public void complete(Guest guest, Node root) throws VirtException {
    root.set("id", null);
    if (root.get("@type", "").isBlank()) {
      throw Refusal.xml("/domain/@type", "missing");
    }
    String name = root.get("name", "");
    if (name.isEmpty() || name.indexOf('/') >= 0 || name.indexOf('\n') >= 0) {
      throw Refusal.xml("/domain/name", "'" + name + "' cannot be a name");
    }
    if (name.equals(".") || name.equals("..")) {
      throw Refusal.xml("/domain/name", "'" + name + "' cannot be a name");
    }
    Node uuid = root.child("uuid");
    if (uuid == null) {
      root.add(Node.of("uuid").text(UUID.randomUUID().toString()));
    } else {
      uuid.text(uuid("uuid", uuid.text()));
    }
    if (root.has("genid") && root.get("genid").isEmpty()) {
      root.child("genid").text(UUID.randomUUID().toString());
    } else if (root.has("genid")) {
      root.child("genid").text(uuid("genid", root.get("genid")));
    }
    completeActions(root);
    once(root.child("perf"), "event", "@name");
    once(root.child("blkiotune"), "device", "path");
    unsupported(root);
    String title = root.get("title", "");
    if (title.indexOf('\n') >= 0) {
      throw Refusal.xml("/domain/title", "has more than one line");
    }
    if (root.has("bootloader")) {
      throw Refusal.of("/domain/bootloader", "QEMU has none");
    }
    Node clock = root.child("clock");
    if (clock == null) {
      root.add(Node.of("clock", "offset", "utc"));
    } else {
      clock.fill("offset", "utc");
    }
    Metadata.unique(root.child("metadata"));
  }

  /** Refuses what is for other hypervisors, and what contradicts itself. */
  private static void unsupported(Node root) throws VirtException {
    if (root.has("memtune/min_guarantee")) {
      throw Refusal.of("/domain/memtune/min_guarantee", "QEMU has none");
    }
    if (root.has("idmap/uid") != root.has("idmap/gid")) {
      throw Refusal.of("/domain/idmap", "has both uid and gid");
    }
    for (Node label : root.children("seclabel")) {
      if (label.is("@type", "none") && label.on("@relabel")) {
        throw Refusal.of(label.path("@relabel"), "is not for type 'none'");
      }
    }
    for (Node lease : root.child("devices").children("lease")) {
      lease.require("key");
    }
  }

  /** Refuses elements that lack what tells them from each other, or have it twice. */
  private static void once(Node within, String element, String key) throws VirtException {
    Set<String> known = new HashSet<>();
    for (Node each : within == null ? List.<Node>of() : within.children(element)) {
      if (!known.add(each.require(key))) {
        throw Refusal.xml(each.path(key), "'" + each.get(key) + "' is there twice");
      }
    }
  }

  /** As libvirt reads it: 32 hexadecimal digits, hyphens and white space anywhere between. */
  private static String uuid(String element, String text) throws VirtException {
    String digits = text.replaceAll("[-\\s]", "").toLowerCase(Locale.ROOT);
    boolean hex = digits.chars().allMatch(HexFormat::isHexDigit);
    if (digits.length() != UUID_DIGITS || !hex) {
      throw Refusal.xml("/domain/" + element, "'" + text + "' is not a UUID");
    }
    return digits.replaceFirst("(.{8})(.{4})(.{4})(.{4})", "$1-$2-$3-$4-");
  }

  /** Fills in what becomes of a run that its guest ends, and refuses what QEMU cannot do. */
  public static void completeActions(Node root) throws VirtException {
    action(root, "on_poweroff", ENDS, "destroy");
    action(root, "on_reboot", ENDS, "restart");
    action(root, "on_crash", CRASHES, "destroy");
    if (root.is("on_reboot", "destroy") && root.is("on_poweroff", "restart")) {
      throw Refusal.of("/domain/on_poweroff", "QEMU cannot restart then, and end on a reboot");
    }
  }

  private static void action(Node root, String element, Set<String> known, String absent)
      throws VirtException {
    Node node = root.child(element);
    if (node == null) {
      root.add(Node.of(element).text(absent));
    } else if (node.text().equals("rename-restart")) {
      throw Refusal.of("/domain/" + element, "'rename-restart' is not for QEMU");
    } else if (!known.contains(node.text())) {
      throw Refusal.xml(
          "/domain/" + element, "'" + node.text() + "' is none of " + String.join(", ", known));
    }
  }

  @Override
  public void write(Machine machine, Node root, CommandLine out) throws VirtException {
    String name = CommandLine.escape(root.get("name"));
    out.add("-name", "guest=" + name + ",debug-threads=on", "-S");
  }
}
