package org.virt.driver.qemu.internal.board;

import java.util.Locale;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.Refusal;

/** The clock and its timers. */
public final class Clocks implements Part {
  private static final Set<String> TIMERS =
      Set.of("rtc", "pit", "hpet", "kvmclock", "hypervclock", "tsc", "armvtimer");

  /** Returns whether a timer is there, as QEMU writes it; null when nothing is said. */
  static String present(Node root, String name) {
    for (Node timer : root.ensure("clock").children("timer")) {
      if (timer.is("@name", name) && timer.has("@present")) {
        return timer.on("@present") ? "on" : "off";
      }
    }
    return null;
  }

  @Override
  public void complete(Guest guest, Node root) throws VirtException {
    Node clock = root.child("clock");
    String offset = clock.get("@offset");
    if (offset.equals("variable")) {
      clock.fill("adjustment", "0").fill("basis", "utc");
    }
  }

  @Override
  public void check(Guest guest, Node root) throws VirtException {
    Node clock = root.child("clock");
    clock.oneOf("@offset", "utc", "localtime", "variable", "timezone", "absolute");
    if (clock.is("@offset", "timezone")) {
      clock.require("@timezone");
    }
    if (clock.is("@offset", "absolute")) {
      clock.require("@start");
    }
    for (Node timer : clock.children("timer")) {
      String name = timer.get("@name", "");
      if (!TIMERS.contains(name)) {
        throw Refusal.value(timer.path("@name"), timer.get("@name"));
      }
      if (timer.has("catchup") && !timer.is("@tickpolicy", "catchup")) {
        throw Refusal.xml(timer.path("catchup"), "needs tickpolicy='catchup'");
      }
      if (name.equals("rtc") && timer.is("@track", "boot")) {
        throw Refusal.value(timer.path("@track"), "boot");
      }
      if (name.equals("armvtimer") && !guest.isArm()) {
        throw Refusal.of(timer.path("@name"), "'armvtimer' is not for machines of " + guest.arch());
      }
      ticks(timer, name);
    }
  }

  private static void ticks(Node timer, String name) throws VirtException {
    switch (name) {
      case "rtc" -> timer.oneOf("@tickpolicy", "delay", "catchup");
      case "pit" -> timer.oneOf("@tickpolicy", "delay", "catchup", "discard");
      case "kvmclock", "hypervclock", "tsc" -> {
        if (timer.has("@tickpolicy")) {
          throw Refusal.of(timer.path("@tickpolicy"), "is not for '" + name + "'");
        }
      }
      default -> {
        // libvirt has no word about the others.
      }
    }
  }

  @Override
  public void write(Machine machine, Node root, CommandLine out) throws VirtException {
    Node clock = root.child("clock");
    StringBuilder rtc = new StringBuilder("base=").append(base(machine, clock));
    String pit = null;
    for (Node timer : clock.children("timer")) {
      if (timer.is("@name", "rtc")) {
        rtc.append(track(timer)).append(drift(timer));
      } else if (timer.is("@name", "pit")) {
        pit = pit(timer);
      } else if (timer.has("@tickpolicy") && !timer.is("@tickpolicy", "delay")) {
        throw Refusal.value(timer.path("@tickpolicy"), timer.get("@tickpolicy"));
      }
    }
    out.add("-rtc", rtc.toString());
    if (pit != null) {
      out.add("-global", "kvm-pit.lost_tick_policy=" + pit);
    }
  }

  private static String base(Machine machine, Node clock) throws VirtException {
    switch (clock.get("@offset")) {
      case "utc" -> {
        return "utc";
      }
      case "localtime", "timezone" -> {
        return "localtime";
      }
      case "absolute" -> {
        return date(clock.number("@start", 0));
      }
      default -> {
        long adjustment = clock.is("@adjustment", "reset") ? 0 : clock.number("@adjustment", 0);
        return date(machine.facts().now(clock.get("@basis", "utc")) + adjustment);
      }
    }
  }

  private static String date(long seconds) {
    return java.time.LocalDateTime.ofEpochSecond(seconds, 0, java.time.ZoneOffset.UTC)
        .format(java.time.format.DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss", Locale.ROOT));
  }

  private static String track(Node timer) throws VirtException {
    timer.oneOf("@track", "boot", "guest", "wall", "realtime");
    return switch (timer.get("@track", "")) {
      case "guest" -> ",clock=vm";
      case "wall" -> ",clock=host";
      case "realtime" -> ",clock=rt";
      default -> "";
    };
  }

  private static String drift(Node timer) throws VirtException {
    return switch (timer.get("@tickpolicy", "delay")) {
      case "delay" -> "";
      case "catchup" -> ",driftfix=slew";
      default -> throw Refusal.value(timer.path("@tickpolicy"), timer.get("@tickpolicy"));
    };
  }

  private static String pit(Node timer) throws VirtException {
    return switch (timer.get("@tickpolicy", "")) {
      case "", "catchup" -> null;
      case "delay", "discard" -> timer.get("@tickpolicy");
      default -> throw Refusal.value(timer.path("@tickpolicy"), timer.get("@tickpolicy"));
    };
  }
}
