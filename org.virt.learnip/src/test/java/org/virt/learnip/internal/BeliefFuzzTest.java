package org.virt.learnip.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.virt.learnip.internal.TestFrames.GUEST;
import static org.virt.learnip.internal.TestFrames.SERVER;
import static org.virt.learnip.internal.TestFrames.UPLINK;
import static org.virt.learnip.internal.TestFrames.arp;
import static org.virt.learnip.internal.TestFrames.fromClient;
import static org.virt.learnip.internal.TestFrames.fromGuest;
import static org.virt.learnip.internal.TestFrames.fromServer;
import static org.virt.learnip.internal.TestFrames.ipv4;
import static org.virt.learnip.internal.TestFrames.toGuest;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.learnip.internal.TestHost.Terms;
import org.virt.spi.learnip.LearnRequest.Mode;
import org.virt.spi.learnip.LearnSink;

/** Whatever a guest sends, nothing is thrown and nothing impossible is learned. */
class BeliefFuzzTest {
  /** Per seed; {@code -Dvirt.fuzz.inputs=N} for a longer run. */
  private static final int INPUTS = Integer.getInteger("virt.fuzz.inputs", 100_000);

  private static final Mode[] MODES = {Mode.ANY, Mode.DHCP, Mode.SAVI, Mode.APPROVE};
  private static final byte[] ASKS =
      fromGuest(GUEST, CookedFrame.IPV4, fromClient(TestFrames.request("192.0.2.9").done()));
  private static final byte[] ASKS6 =
      fromGuest(GUEST, CookedFrame.IPV6, Frames6.fromClient(Frames6.dhcp(3).done()));

  private static final List<byte[]> SEEDS =
      List.of(
          fromGuest(GUEST, CookedFrame.ARP, arp(1, GUEST, "192.0.2.9", "192.0.2.1")),
          fromGuest(GUEST, CookedFrame.IPV4, ipv4("192.0.2.9", "192.0.2.1", 1, new byte[8])),
          ASKS,
          toGuest(SERVER, CookedFrame.IPV4, fromServer(TestFrames.ack("192.0.2.9", 120).done())),
          fromGuest(GUEST, CookedFrame.IPV6, Frames6.probe("2001:db8::9")),
          fromGuest(GUEST, CookedFrame.IPV6, Frames6.advertisement("fe80::9", "fe80::9")),
          ASKS6,
          toGuest(
              SERVER,
              CookedFrame.IPV6,
              Frames6.fromServer(Frames6.reply().address("2001:db8::9", 120).done())));

  private final Mutations mutations = new Mutations(Long.getLong("virt.fuzz.seed", 7));
  private int learned;

  @Test
  void survivesMutatedFrames() {
    for (byte[] seed : SEEDS) {
      for (int i = 0; i < INPUTS; i += 100) {
        TestHost host = new TestHost();
        host.ports.add(port(host, MODES[i / 100 % MODES.length]));
        host.frame(ASKS);
        host.frame(ASKS6);
        for (int j = 0; j < 100; j++) {
          offer(host, mutations.of(seed));
        }
        host.pass(Duration.ofSeconds(2));
      }
    }
    assertTrue(learned > 0, "no mutated frame was understood");
  }

  private LearningPort port(TestHost host, Mode mode) {
    Terms terms = new Terms(mode).ipv6();
    LearningPort port =
        new LearningPort(
            terms.request(),
            new Checking(),
            host.around,
            host.now,
            new LearningPort.Changes(() -> {}, () -> {}, () -> {}));
    host.around.holders().enter(port);
    return port;
  }

  private static void offer(TestHost host, byte[] bytes) {
    host.now += Duration.ofMillis(100).toNanos();
    if (bytes.length > 10 && CookedFrame.outgoing(bytes) && bytes.length >= CookedFrame.HEADER) {
      byte[] before = bytes.clone();
      before[7] = UPLINK;
      before[10] = 0;
      host.frame(before);
    }
    host.frame(bytes);
  }

  /** Refuses what can never be right. */
  private final class Checking implements LearnSink {
    @Override
    public void learned(InetAddress address, Source source, Optional<Duration> lifetime) {
      learned++;
      boolean impossible =
          address.isMulticastAddress()
              || address.isAnyLocalAddress()
              || address.isLoopbackAddress();
      assertTrue(!impossible, address + " was learned");
      assertTrue(source == Source.DHCP || lifetime.isEmpty(), source + " has a lifetime");
    }

    @Override
    public void released(InetAddress address) {
      assertTrue(!address.isAnyLocalAddress());
    }

    @Override
    public void failed(String reason) {
      assertEquals("", reason);
    }
  }
}
