package org.virt.driver.qemu.internal.machine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;
import org.virt.common.process.Command;
import org.virt.common.process.Result;
import org.virt.driver.qemu.internal.guest.Refusal;

/**
 * How fast a card may receive and send, and what tc(8) is told of it: frames that leave the host's
 * interface do so through an HTB class; others are policed where they come in.
 *
 * @param out of what leaves the host's interface
 * @param in of what comes in there
 */
record Bandwidth(Optional<Limit> out, Optional<Limit> in) {
  private static final Duration TC_LIMIT = Duration.ofSeconds(5);

  /**
   * A limit of one direction.
   *
   * @param average kB/s
   * @param peak the most while others leave something, kB/s; 0 for none
   * @param burst how much may pass at once, kB; 0 for what is usual
   */
  record Limit(long average, long peak, long burst) {}

  /** Returns that of a card. */
  static Bandwidth of(XmlElement card) throws VirtException {
    Optional<XmlElement> all = card.child("bandwidth");
    Optional<Limit> inbound = limit(all.flatMap(a -> a.child("inbound")));
    Optional<Limit> outbound = limit(all.flatMap(a -> a.child("outbound")));
    // What the guest sends by a tap comes in there; by a macvtap it goes out there.
    return "direct".equals(card.attribute("type"))
        ? new Bandwidth(outbound, inbound)
        : new Bandwidth(inbound, outbound);
  }

  private static Optional<Limit> limit(Optional<XmlElement> direction) throws VirtException {
    if (direction.isEmpty()) {
      return Optional.empty();
    }
    if (number(direction.get(), "floor") > 0) {
      throw Refusal.of("/domain/devices/interface/bandwidth", "only a network has a 'floor'");
    }
    long average = number(direction.get(), "average");
    if (average == 0) {
      throw Refusal.of("/domain/devices/interface/bandwidth", "'average' is missing");
    }
    return Optional.of(
        new Limit(average, number(direction.get(), "peak"), number(direction.get(), "burst")));
  }

  private static long number(XmlElement direction, String name) throws VirtException {
    String value = direction.attribute(name);
    if (value == null) {
      return 0;
    }
    if (!value.matches("[0-9]{1,10}")) {
      throw Refusal.value("/domain/devices/interface/bandwidth/@" + name, value);
    }
    return Long.parseLong(value);
  }

  /** Returns the lines that tc is told of an interface without limits. */
  List<String> commands(PortId port) {
    List<String> lines = new ArrayList<>();
    if (out.isPresent()) {
      Limit limit = out.get();
      lines.add("qdisc add dev %s root handle 1: htb default 1".formatted(port));
      String line =
          "class add dev %s parent 1: classid 1:1 htb rate %dkbps".formatted(port, limit.average());
      line += limit.peak() > 0 ? " ceil " + limit.peak() + "kbps" : "";
      line += limit.burst() > 0 ? " burst " + limit.burst() + "kb" : "";
      lines.add(line);
    }
    if (in.isPresent()) {
      Limit limit = in.get();
      long burst = limit.burst() > 0 ? limit.burst() : limit.average();
      lines.add("qdisc add dev %s ingress".formatted(port));
      lines.add(
          "filter add dev %s parent ffff: protocol all u32 match u32 0 0 police rate %dkbps burst %dkb mtu 64kb drop flowid :1"
              .formatted(port, limit.average(), burst));
    }
    return lines;
  }

  /** Limits an interface that has no limits yet. */
  void apply(PortId port) throws VirtException {
    for (String line : commands(port)) {
      Result result = tc(line);
      if (!result.ok()) {
        throw new VirtException(
            ErrorCode.OPERATION_FAILED,
            "limit the bandwidth of " + port + ": tc " + line + ": " + result.reason());
      }
    }
  }

  /** Limits an interface so instead of as before, which it is again after an error. */
  void replace(Bandwidth before, PortId port) throws VirtException {
    clear(port);
    try {
      apply(port);
    } catch (VirtException e) {
      clear(port);
      before.apply(port);
      throw e;
    }
  }

  /** Removes the limits of an interface; one that has none stays as it is. */
  private static void clear(PortId port) throws VirtException {
    tc("qdisc del dev " + port + " root");
    tc("qdisc del dev " + port + " ingress");
  }

  private static Result tc(String line) throws VirtException {
    List<String> words = new ArrayList<>(List.of("tc"));
    words.addAll(List.of(line.split(" ", -1)));
    return Command.of(words).withLimit(TC_LIMIT).run();
  }
}
