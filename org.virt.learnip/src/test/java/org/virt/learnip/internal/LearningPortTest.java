package org.virt.learnip.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.virt.learnip.internal.TestFrames.GUEST;
import static org.virt.learnip.internal.TestFrames.OTHER;
import static org.virt.learnip.internal.TestFrames.PORT;
import static org.virt.learnip.internal.TestFrames.SERVER;
import static org.virt.learnip.internal.TestFrames.arp;
import static org.virt.learnip.internal.TestFrames.fromClient;
import static org.virt.learnip.internal.TestFrames.fromGuest;
import static org.virt.learnip.internal.TestFrames.fromServer;
import static org.virt.learnip.internal.TestFrames.toGuest;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.virt.api.PortId;
import org.virt.learnip.internal.Watch.Want;
import org.virt.spi.learnip.LearnRequest;
import org.virt.spi.learnip.LearnRequest.Mode;
import org.virt.spi.nwfilter.PortRef;

class LearningPortTest {
  private static final byte[] ARP =
      fromGuest(GUEST, CookedFrame.ARP, arp(1, GUEST, "192.0.2.9", "192.0.2.1"));
  private static final byte[] FORGED =
      fromGuest(OTHER, CookedFrame.ARP, arp(1, OTHER, "192.0.2.9", "192.0.2.1"));

  private final RecordingSink sink = new RecordingSink();
  private int changes;
  private long now;

  private LearningPort port(Mode mode, Optional<PortId> linkDevice) {
    PortRef port = new PortRef(new PortId("vnet0"), PORT, GUEST);
    return new LearningPort(
        new LearnRequest(port, linkDevice, mode, Set.of()), sink, now, () -> changes++);
  }

  @Test
  void looksAtFiftyFramesAndThenAtTenASecond() {
    LearningPort port = port(Mode.ANY, Optional.empty());
    for (int i = 0; i < 50; i++) {
      port.accept(FORGED, now);
    }
    port.accept(ARP, now);
    assertEquals(List.of(), sink.lines());
    now += Duration.ofMillis(101).toNanos();
    port.accept(ARP, now);
    assertEquals(List.of("+192.0.2.9 ARP"), sink.lines());
  }

  @Test
  void readsOnlyAnswersOfAFloodingGuestForASecond() {
    LearningPort port = port(Mode.ANY, Optional.empty());
    assertEquals(Want.EVERYTHING, port.watch(now).want());
    for (int i = 0; i < 50 + LearningPort.FLOOD; i++) {
      port.accept(FORGED, now);
    }
    assertEquals(1, changes);
    assertEquals(Want.REPLIES, port.watch(now).want());
    assertEquals(LearningPort.MUTED.toNanos(), port.nextChange(now));
    now += LearningPort.MUTED.toNanos();
    assertEquals(Want.EVERYTHING, port.watch(now).want());
    assertEquals(PortBelief.NEVER, port.nextChange(now));
  }

  @Test
  void takesMuchTrafficRightAfterLearningForNoFlood() {
    LearningPort port = port(Mode.ANY, Optional.empty());
    port.accept(ARP, now);
    for (int i = 0; i < 1000; i++) {
      port.accept(ARP, now);
    }
    assertEquals(Want.DHCP, port.watch(now).want());
  }

  @Test
  void hearsItsServerWhileItFloods() {
    LearningPort port = port(Mode.DHCP, Optional.empty());
    port.accept(
        fromGuest(GUEST, CookedFrame.IPV4, fromClient(TestFrames.request("192.0.2.9").done())),
        now);
    for (int i = 0; i < 1000; i++) {
      port.accept(FORGED, now);
    }
    port.accept(
        toGuest(SERVER, CookedFrame.IPV4, fromServer(TestFrames.ack("192.0.2.9", 120).done())),
        now);
    assertEquals(List.of("+192.0.2.9 DHCP 120s"), sink.lines());
  }

  @Test
  void listensAgainAtTheEndOfTheLease() {
    LearningPort port = port(Mode.ANY, Optional.empty());
    port.accept(
        fromGuest(GUEST, CookedFrame.IPV4, fromClient(TestFrames.request("192.0.2.9").done())),
        now);
    port.accept(
        toGuest(SERVER, CookedFrame.IPV4, fromServer(TestFrames.ack("192.0.2.9", 120).done())),
        now);
    assertEquals(Want.DHCP, port.watch(now).want());
    long end = Duration.ofSeconds(120).toNanos();
    assertEquals(end + LearningPort.TICK.toNanos(), port.nextChange(now));
    assertEquals(Want.EVERYTHING, port.watch(end).want());
  }

  @Test
  void takesWhatTheHostSendsOnAMacvtapForTheGuests() {
    LearningPort port = port(Mode.ANY, Optional.of(new PortId("eth0")));
    port.accept(ARP, now);
    assertEquals(List.of(), sink.lines());
    port.accept(toGuest(GUEST, CookedFrame.ARP, arp(1, GUEST, "192.0.2.9", "192.0.2.1")), now);
    assertEquals(List.of("+192.0.2.9 ARP"), sink.lines());
  }
}
