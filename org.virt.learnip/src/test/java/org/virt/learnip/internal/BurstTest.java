package org.virt.learnip.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.virt.learnip.internal.TestFrames.arp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.virt.api.MacAddress;
import org.virt.learnip.internal.TestHost.Terms;
import org.virt.spi.learnip.LearnRequest.Mode;

/** What guests that speak at the same time teach. */
class BurstTest {
  private static final int FIRST = 100;

  private final TestHost host = new TestHost();
  private final Burst burst = new Burst(host.ports, () -> host.now);
  private final List<RecordingSink> sinks = new ArrayList<>();

  /** How many ports told something at a time. */
  private final List<Integer> told = new ArrayList<>();

  private final class Together extends RecordingSink {
    @Override
    public void together(Runnable telling) {
      int before = all();
      telling.run();
      told.add(all() - before);
    }

    private int all() {
      return sinks.stream().mapToInt(sink -> sink.lines().size()).sum();
    }
  }

  private static MacAddress mac(int number) {
    return new MacAddress(0x525400000000L + number);
  }

  private void ports(int count) {
    for (int i = 0; i < count; i++) {
      Terms terms = new Terms(Mode.ANY);
      terms.index = FIRST + i;
      terms.mac = mac(i);
      sinks.add(new Together());
      host.add(terms, sinks.get(i));
    }
  }

  private boolean speaks(int number) {
    String address = "192.0.2." + (10 + number);
    byte[] announcement = arp(1, mac(number), address, address);
    return burst.take(
        TestFrames.cooked(FIRST + number, 0, mac(number), CookedFrame.ARP, announcement));
  }

  private List<String> lines(int number) {
    return sinks.get(number).lines();
  }

  @Test
  void tellsAtOnceWhatAGuestTeachesThatSpeaksAlone() {
    ports(2);
    assertFalse(speaks(0));
    assertEquals(List.of("+192.0.2.10 ARP"), lines(0));
    host.now += Duration.ofMillis(2).toNanos();
    assertFalse(speaks(1));
    assertEquals(List.of("+192.0.2.11 ARP"), lines(1));
    assertEquals(List.of(), told);
  }

  @Test
  void tellsTogetherWhatOthersTeachUntilAPause() {
    ports(4);
    speaks(0);
    assertTrue(speaks(1));
    assertTrue(speaks(2));
    assertTrue(speaks(1));
    assertEquals(List.of(), lines(1));
    burst.pause();
    assertEquals(List.of("+192.0.2.11 ARP"), lines(1));
    assertEquals(List.of("+192.0.2.12 ARP"), lines(2));
    assertEquals(List.of(2), told);
    assertTrue(speaks(3));
    burst.pause();
    assertEquals(List.of("+192.0.2.13 ARP"), lines(3));
  }

  @Test
  void asksForNoPauseWhenNothingIsLearned() {
    ports(1);
    speaks(0);
    assertFalse(speaks(0));
  }

  @Test
  void tellsWithoutAPauseWhatManyTeach() {
    ports(Burst.MOST + 1);
    speaks(0);
    for (int i = 1; i < Burst.MOST; i++) {
      assertTrue(speaks(i));
    }
    assertFalse(speaks(Burst.MOST));
    assertEquals(List.of(Burst.MOST), told);
  }

  @Test
  void wantsOtherFramesOnceItHasTold() {
    ports(2);
    speaks(0);
    int changes = host.changes;
    speaks(1);
    assertEquals(changes, host.changes);
    burst.pause();
    assertEquals(changes + 1, host.changes);
  }
}
