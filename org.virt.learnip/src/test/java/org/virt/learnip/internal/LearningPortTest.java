package org.virt.learnip.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.virt.learnip.internal.TestFrames.GUEST;
import static org.virt.learnip.internal.TestFrames.OTHER;
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
import org.virt.learnip.internal.TestHost.Terms;
import org.virt.learnip.internal.Watch.Want;
import org.virt.spi.learnip.LearnRequest.Mode;

class LearningPortTest {
  private static final byte[] ARP =
      fromGuest(GUEST, CookedFrame.ARP, arp(1, GUEST, "192.0.2.9", "192.0.2.1"));
  private static final byte[] FORGED =
      fromGuest(OTHER, CookedFrame.ARP, arp(1, OTHER, "192.0.2.9", "192.0.2.1"));

  private static final Set<Want> EVERYTHING = Set.of(Want.DHCP, Want.ARP, Want.IPV4);

  private final RecordingSink sink = new RecordingSink();
  private final TestHost host = new TestHost();

  private LearningPort port(Mode mode, Optional<PortId> linkDevice) {
    Terms terms = new Terms(mode);
    terms.linkDevice = linkDevice;
    return host.add(terms, sink);
  }

  @Test
  void looksAtFiftyFramesAndThenAtTenASecond() {
    port(Mode.ANY, Optional.empty());
    for (int i = 0; i < 50; i++) {
      host.frame(FORGED);
    }
    host.frame(ARP);
    assertEquals(List.of(), sink.lines());
    host.now += Duration.ofMillis(101).toNanos();
    host.frame(ARP);
    assertEquals(List.of("+192.0.2.9 ARP"), sink.lines());
  }

  @Test
  void readsOnlyAnswersOfAFloodingGuestForASecond() {
    LearningPort port = port(Mode.ANY, Optional.empty());
    assertEquals(EVERYTHING, host.wants(port));
    for (int i = 0; i < 50 + LearningPort.FLOOD; i++) {
      host.frame(FORGED);
    }
    assertEquals(1, host.changes);
    assertEquals(Set.of(Want.MUTED), host.wants(port));
    assertEquals(host.now + LearningPort.MUTED.toNanos(), port.nextChange(host.now));
    host.now += LearningPort.MUTED.toNanos();
    assertEquals(EVERYTHING, host.wants(port));
    assertEquals(PortBelief.NEVER, port.nextChange(host.now));
  }

  @Test
  void takesMuchTrafficRightAfterLearningForNoFlood() {
    LearningPort port = port(Mode.ANY, Optional.empty());
    host.frame(ARP);
    for (int i = 0; i < 1000; i++) {
      host.frame(ARP);
    }
    assertEquals(Set.of(Want.DHCP), host.wants(port));
  }

  @Test
  void hearsItsServerWhileItFloods() {
    port(Mode.DHCP, Optional.empty());
    host.frame(
        fromGuest(GUEST, CookedFrame.IPV4, fromClient(TestFrames.request("192.0.2.9").done())));
    for (int i = 0; i < 1000; i++) {
      host.frame(FORGED);
    }
    host.answer(CookedFrame.IPV4, fromServer(TestFrames.ack("192.0.2.9", 120).done()));
    assertEquals(List.of("+192.0.2.9 DHCP 120s"), sink.lines());
  }

  @Test
  void listensAgainAtTheEndOfTheLease() {
    LearningPort port = port(Mode.ANY, Optional.empty());
    host.frame(
        fromGuest(GUEST, CookedFrame.IPV4, fromClient(TestFrames.request("192.0.2.9").done())));
    host.answer(CookedFrame.IPV4, fromServer(TestFrames.ack("192.0.2.9", 120).done()));
    assertEquals(Set.of(Want.DHCP), host.wants(port));
    long end = Duration.ofSeconds(120).toNanos();
    assertEquals(end + LearningPort.TICK.toNanos(), port.nextChange(host.now));
    assertEquals(EVERYTHING, port.watch(end).wants());
  }

  @Test
  void takesWhatTheHostSendsOnAMacvtapForTheGuests() {
    port(Mode.ANY, Optional.of(new PortId("eth0")));
    host.frame(ARP);
    assertEquals(List.of(), sink.lines());
    host.frame(toGuest(GUEST, CookedFrame.ARP, arp(1, GUEST, "192.0.2.9", "192.0.2.1")));
    assertEquals(List.of("+192.0.2.9 ARP"), sink.lines());
  }
}
