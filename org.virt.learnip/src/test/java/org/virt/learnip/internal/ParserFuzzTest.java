package org.virt.learnip.internal;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.virt.learnip.internal.TestFrames.GUEST;
import static org.virt.learnip.internal.TestFrames.ack;
import static org.virt.learnip.internal.TestFrames.arp;
import static org.virt.learnip.internal.TestFrames.discover;
import static org.virt.learnip.internal.TestFrames.fromClient;
import static org.virt.learnip.internal.TestFrames.fromGuest;
import static org.virt.learnip.internal.TestFrames.fromServer;
import static org.virt.learnip.internal.TestFrames.ipv4;
import static org.virt.learnip.internal.TestFrames.request;
import static org.virt.learnip.internal.TestFrames.tag;
import static org.virt.learnip.internal.TestFrames.toGuest;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Each parser on changed messages and on noise: it throws nothing, and what it found lies within
 * the captured bytes. Ten million inputs together; {@code -Dvirt.fuzz.inputs=N} (for each) and
 * {@code -Dvirt.fuzz.seed=N} for longer runs, see {@code test/fuzz}.
 */
class ParserFuzzTest {
  private static final int INPUTS = Integer.getInteger("virt.fuzz.inputs", 1_450_000);
  private static final long SEED = Long.getLong("virt.fuzz.seed", 20_240_131);

  /** Reads an input; says whether it understood it. */
  private interface Target {
    boolean understands(byte[] bytes);
  }

  private static void fuzz(Target target, byte[]... seeds) {
    Mutations mutations = new Mutations(SEED);
    int understood = 0;
    for (int i = 0; i < INPUTS; i++) {
      byte[] input = i % 16 == 0 ? mutations.anything(400) : mutations.of(seeds[i % seeds.length]);
      understood += target.understands(input) ? 1 : 0;
    }
    assertTrue(understood > INPUTS / 50, "only " + understood + " inputs were understood");
    assertTrue(understood < INPUTS, "all inputs were understood");
  }

  private static void within(byte[] bytes, int from, int end) {
    assertTrue(from >= 0 && from <= end && end <= bytes.length, from + " to " + end);
  }

  @Test
  void cookedFrame() {
    fuzz(
        bytes -> {
          Optional<CookedFrame> frame = CookedFrame.parse(bytes);
          frame.ifPresent(f -> within(bytes, f.offset(), bytes.length));
          return frame.isPresent() && CookedFrame.index(bytes) == frame.get().index();
        },
        fromGuest(GUEST, CookedFrame.ARP, arp(1, GUEST, "192.0.2.9", "192.0.2.1")),
        toGuest(GUEST, CookedFrame.VLAN, tag(CookedFrame.ARP, new byte[28])),
        fromGuest(GUEST, CookedFrame.IPV6, Frames6.probe("fe80::9")));
  }

  @Test
  void arpMessage() {
    fuzz(
        bytes -> ArpMessage.parse(bytes, 0).isPresent(),
        arp(1, GUEST, "192.0.2.9", "192.0.2.1"),
        arp(2, GUEST, "192.0.2.9", "192.0.2.1"));
  }

  @Test
  void ipv4Packet() {
    fuzz(
        bytes -> {
          Optional<Ipv4Packet> packet = Ipv4Packet.parse(bytes, 0);
          packet.ifPresent(p -> within(bytes, p.payload(), bytes.length));
          return packet.isPresent();
        },
        ipv4("192.0.2.9", "192.0.2.1", 1, new byte[8]),
        fromClient(discover().done()));
  }

  @Test
  void dhcpMessage() {
    byte[] overloaded =
        ack("192.0.2.9", 120)
            .option(52, (byte) 3)
            .put(108, (byte) 61, (byte) 3, (byte) 1, (byte) 2, (byte) 3, (byte) 255)
            .put(44, (byte) 12, (byte) 4, (byte) 'h', (byte) 'o', (byte) 's', (byte) 't')
            .done();
    fuzz(
        bytes -> {
          Optional<DhcpDatagram> datagram =
              Ipv4Packet.parse(bytes, 0).flatMap(packet -> DhcpDatagram.in(packet, bytes));
          datagram.ifPresent(d -> within(bytes, d.offset(), d.end()));
          Optional<DhcpMessage> message =
              datagram.flatMap(d -> DhcpMessage.parse(bytes, d.offset(), d.end()));
          message.ifPresent(m -> m.options().routers());
          return message.filter(m -> m.options().clientId().length < 256).isPresent();
        },
        fromClient(request("192.0.2.9").option(61, (byte) 1, (byte) 2).done()),
        fromServer(ack("192.0.2.9", 120).option(3, "192.0.2.1").done()),
        fromServer(overloaded));
  }

  @Test
  void ipv6Packet() {
    byte[] hopByHop = Frames6.hex("3c00 0000 0000 0000");
    byte[] options = Frames6.hex("2c01 0000 0000 0000 0000 0000 0000 0000");
    byte[] fragment = Frames6.hex("3a00 0000 0000 0001");
    byte[] extended = new TestFrames.Writer().raw(hopByHop).raw(options).raw(fragment).done();
    fuzz(
        bytes -> {
          Optional<Ipv6Packet> packet = Ipv6Packet.parse(bytes, 0);
          packet.ifPresent(p -> within(bytes, p.payload(), bytes.length));
          return packet.isPresent();
        },
        Frames6.ipv6("fe80::9", "fe80::1", 0, extended),
        Frames6.ipv6("fe80::9", "fe80::1", 51, Frames6.hex("3a01 0000 0000 0000 0000 0000")),
        Frames6.probe("fe80::9"));
  }

  @Test
  void neighborMessage() {
    fuzz(
        bytes ->
            Ipv6Packet.parse(bytes, 0)
                .flatMap(packet -> NeighborMessage.in(packet, bytes))
                .isPresent(),
        Frames6.probe("fe80::9"),
        Frames6.solicitation("fe80::9", "fe80::1"),
        Frames6.advertisement("fe80::9", "fe80::9"));
  }

  @Test
  void dhcp6Message() {
    byte[] status = Frames6.status(2);
    byte[] inner = Frames6.address("2001:db8::9", 120, status);
    fuzz(
        bytes -> {
          Optional<Dhcp6Message> message = Dhcp6Message.parse(bytes, 0, bytes.length);
          message.ifPresent(m -> assertTrue(m.addresses().size() <= Dhcp6Options.MOST_ADDRESSES));
          return message.isPresent();
        },
        Frames6.dhcp(1).option(14, new byte[0]).association(3, new byte[0]).done(),
        Frames6.reply().association(3, inner).raw(status).done(),
        Frames6.reply().address("2001:db8::9", 120).association(4, inner).done());
  }

  @Test
  void readsNoInputBeyondItsEnd() {
    // What is behind the captured bytes in a longer array is not a part of them.
    List<byte[]> messages = List.of(Frames6.reply().address("2001:db8::9", 120).done());
    for (byte[] message : messages) {
      for (int end = 0; end < message.length; end++) {
        Dhcp6Message.parse(message, 0, end)
            .ifPresent(found -> assertTrue(found.addresses().isEmpty()));
      }
    }
  }
}
