package org.virt.learnip.internal;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.virt.learnip.internal.TestFrames.GUEST;
import static org.virt.learnip.internal.TestFrames.PORT;
import static org.virt.learnip.internal.TestFrames.SERVER;
import static org.virt.learnip.internal.TestFrames.fromClient;
import static org.virt.learnip.internal.TestFrames.fromGuest;
import static org.virt.learnip.internal.TestFrames.fromServer;
import static org.virt.learnip.internal.TestFrames.toGuest;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.virt.api.PortId;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.spi.learnip.LearnRequest;
import org.virt.spi.learnip.LearnRequest.Mode;
import org.virt.spi.learnip.LearnSink;
import org.virt.spi.nwfilter.PortRef;

/** Whatever a guest sends, nothing is thrown and nothing impossible is learned. */
class ParserFuzzTest {
  /** Per seed; {@code -Dvirt.fuzz.inputs=N} for a longer run. */
  private static final int INPUTS = Integer.getInteger("virt.fuzz.inputs", 200_000);

  private static final List<byte[]> SEEDS =
      List.of(
          fromGuest(GUEST, CookedFrame.ARP, TestFrames.arp(1, GUEST, "192.0.2.9", "192.0.2.1")),
          fromGuest(
              GUEST, CookedFrame.IPV4, TestFrames.ipv4("192.0.2.9", "192.0.2.1", 1, new byte[8])),
          fromGuest(GUEST, CookedFrame.IPV4, fromClient(TestFrames.request("192.0.2.9").done())),
          toGuest(SERVER, CookedFrame.IPV4, fromServer(TestFrames.ack("192.0.2.9", 120).done())),
          toGuest(SERVER, CookedFrame.IPV4, fromServer(overloaded())),
          fromGuest(
              GUEST,
              CookedFrame.VLAN,
              TestFrames.tag(CookedFrame.IPV4, fromClient(TestFrames.discover().done()))));

  private final Random random = new Random(20_240_131);
  private long now = 1;
  private int learned;

  private static byte[] overloaded() {
    return TestFrames.ack("192.0.2.9", 120)
        .option(52, (byte) 3)
        .put(108, (byte) 61, (byte) 3, (byte) 1, (byte) 2, (byte) 3, (byte) 255)
        .put(44, (byte) 12, (byte) 4, (byte) 'h', (byte) 'o', (byte) 's', (byte) 't', (byte) 255)
        .done();
  }

  @Test
  void survivesMutatedFrames() {
    for (byte[] seed : SEEDS) {
      for (int i = 0; i < INPUTS; i += 100) {
        PortBelief belief = belief(i % 200 == 0 ? Mode.ANY : Mode.DHCP);
        offer(
            belief,
            fromGuest(GUEST, CookedFrame.IPV4, fromClient(TestFrames.request("192.0.2.9").done())));
        for (int j = 0; j < 100; j++) {
          offer(belief, mutated(seed));
        }
      }
    }
    assertTrue(learned > 0, "no mutated frame was understood");
  }

  private PortBelief belief(Mode mode) {
    PortRef port = new PortRef(new PortId("vnet0"), PORT, GUEST);
    LearnRequest request = new LearnRequest(port, Optional.empty(), mode, Set.of());
    return new PortBelief(request, new Checking(), new TokenBucket(1e9, 1e9, 0));
  }

  private void offer(PortBelief belief, byte[] bytes) {
    now += Duration.ofMillis(1).toNanos();
    CookedFrame.parse(bytes)
        .ifPresent(
            frame -> {
              if (frame.outgoing()) {
                belief.toGuest(frame, now);
              } else {
                belief.fromGuest(frame, now);
              }
            });
  }

  private byte[] mutated(byte[] seed) {
    byte[] bytes =
        random.nextInt(4) == 0
            ? Arrays.copyOf(seed, random.nextInt(seed.length + 40))
            : seed.clone();
    int changes = random.nextInt(6);
    for (int i = 0; i < changes && bytes.length > 0; i++) {
      int at = random.nextInt(bytes.length);
      bytes[at] =
          switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> (byte) 255;
            case 2 -> (byte) (bytes[at] ^ 1 << random.nextInt(8));
            case 3 -> (byte) (bytes[at] + (random.nextBoolean() ? 1 : -1));
            default -> (byte) random.nextInt(256);
          };
    }
    return bytes;
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
      throw new AssertionError(reason);
    }
  }
}
