package org.virt.learnip.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.virt.api.PortId;
import org.virt.api.nwfilter.PortAddress.Source;

class GuardedSinkTest {
  private static final InetAddress ONE = TestHost.ip("192.0.2.9");
  private static final InetAddress OTHER = TestHost.ip("192.0.2.10");

  private GuardedSink sink;

  private GuardedSink sink(RecordingSink target) {
    return new GuardedSink(new PortId("vnet7"), target);
  }

  @Test
  void tellsNothingBeforeItIsToDeliver() {
    RecordingSink target = new RecordingSink();
    sink = sink(target);
    sink.learned(ONE, Source.ARP, Optional.empty());
    sink.released(ONE);
    assertEquals(List.of(), target.lines());
    sink.deliver();
    assertEquals(List.of("+192.0.2.9 ARP", "-192.0.2.9"), target.lines());
  }

  @Test
  void keepsTheOrderWhenAReceiverHasMoreDelivered() {
    RecordingSink target =
        new RecordingSink() {
          @Override
          public void learned(InetAddress address, Source source, Optional<Duration> lifetime) {
            sink.released(OTHER);
            sink.deliver();
            super.learned(address, source, lifetime);
          }
        };
    sink = sink(target);
    sink.learned(ONE, Source.ARP, Optional.empty());
    sink.deliver();
    assertEquals(List.of("+192.0.2.9 ARP", "-192.0.2.10"), target.lines());
  }

  @Test
  void tellsNothingThatWasKeptWhenItIsClosed() {
    RecordingSink target = new RecordingSink();
    sink = sink(target);
    sink.learned(ONE, Source.ARP, Optional.empty());
    sink.close();
    sink.deliver();
    assertEquals(List.of(), target.lines());
  }
}
