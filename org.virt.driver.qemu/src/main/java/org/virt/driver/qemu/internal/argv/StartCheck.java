package org.virt.driver.qemu.internal.argv;

import java.util.List;
import java.util.Optional;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/**
 * Refuses to start a machine that asks for what this driver does not do yet: neither the guest nor
 * its neighbours get other than what was promised.
 */
public final class StartCheck {
  private static final List<String> MACHINE =
      List.of(
          "memtune/min_guarantee",
          "perf",
          "keywrap",
          "launchSecurity",
          "idmap",
          "qemu:capabilities",
          "devices/lease");

  private static final List<String> DISK =
      List.of("mirror", "transient", "source/reservations", "source/cookies", "source/@fdgroup");

  private static final List<String> CARD =
      List.of(
          "vlan",
          "virtualport",
          "port",
          "coalesce",
          "teaming",
          "backend",
          "guest",
          "route",
          "portForward");

  private static final String THREADS =
      "(vcpu|emulator|iothread)(pin|sched)|shares|((global|emulator|iothread)_)?(period|quota)";

  private StartCheck() {}

  /** Throws {@code CONFIG_UNSUPPORTED} with the first part that cannot be done. */
  public static void run(Guest guest) throws VirtException {
    Optional<String> unknown = Vocabulary.firstUnknown(guest.root());
    if (unknown.isPresent()) {
      throw Refusal.of(unknown.get(), "not known to the QEMU driver");
    }
    refuse(guest.root(), MACHINE);
    threads(guest.root().child("cputune"));
    for (Node disk : guest.devices("disk")) {
      refuse(disk, DISK);
    }
    for (Node card : guest.devices("interface")) {
      refuse(card, CARD);
      if (!card.get("@type", "").matches("bridge|ethernet|direct") && card.has("bandwidth")) {
        throw Refusal.of(card.path("bandwidth"), "not supported by the QEMU driver");
      }
      if (!card.is("@type", "user") && card.has("ip")) {
        throw Refusal.of(card.path("ip"), "not supported by the QEMU driver");
      }
    }
    for (Node video : guest.devices("video")) {
      refuse(video, List.of("driver/@name"));
    }
  }

  /** Where threads run, and how much, is set once they run. */
  private static void threads(Node tune) throws VirtException {
    for (Node part : tune == null ? List.<Node>of() : tune.children()) {
      if (!part.name().matches(THREADS)) {
        throw Refusal.of(part.path(), "not supported by the QEMU driver");
      }
    }
  }

  private static void refuse(Node node, List<String> paths) throws VirtException {
    for (String path : paths) {
      if (node.has(path)) {
        throw Refusal.of(node.path(path), "not supported by the QEMU driver");
      }
    }
  }
}
