package org.virt.driver.qemu.internal.argv;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.config.Refusal;
import org.virt.model.domain.Clock;

/** Writes the clock and its timers. */
final class ClockWriter {
  private static final String PATH = "/domain/clock";

  private ClockWriter() {}

  static void write(Machine machine, CommandLine out) throws VirtException {
    Clock clock = machine.config().clock;
    String offset = clock.offset == null ? "utc" : clock.offset;
    if (!offset.equals("utc") && !offset.equals("localtime")) {
      throw Refusal.value(PATH + "/@offset", offset);
    }
    String drift = "";
    String pit = null;
    for (Clock.Timer timer : clock.timers) {
      switch (String.valueOf(timer.name)) {
        case "rtc" -> drift = drift(timer);
        case "pit" -> pit = pit(timer);
        case "hpet", "kvmclock" -> {
          if (timer.tickpolicy != null) {
            throw Refusal.value(PATH + "/timer/@tickpolicy", timer.tickpolicy);
          }
        }
        default -> throw Refusal.value(PATH + "/timer/@name", timer.name);
      }
    }
    out.add("-rtc", "base=" + offset + drift);
    if (pit != null) {
      out.add("-global", "kvm-pit.lost_tick_policy=" + pit);
    }
  }

  private static String drift(Clock.Timer timer) throws VirtException {
    present(timer);
    return switch (timer.tickpolicy == null ? "delay" : timer.tickpolicy) {
      case "delay" -> "";
      case "catchup" -> ",driftfix=slew";
      default -> throw Refusal.value(PATH + "/timer/@tickpolicy", timer.tickpolicy);
    };
  }

  private static String pit(Clock.Timer timer) throws VirtException {
    present(timer);
    return switch (timer.tickpolicy == null ? "" : timer.tickpolicy) {
      case "" -> null;
      case "delay", "discard" -> timer.tickpolicy;
      default -> throw Refusal.value(PATH + "/timer/@tickpolicy", timer.tickpolicy);
    };
  }

  private static void present(Clock.Timer timer) throws VirtException {
    if ("no".equals(timer.present)) {
      throw Refusal.of(PATH + "/timer/@present", "a machine is not without '" + timer.name + "'");
    }
  }
}
