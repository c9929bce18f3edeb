package org.virt.learnip.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.virt.learnip.internal.TestFrames.GUEST;
import static org.virt.learnip.internal.TestFrames.PORT;
import static org.virt.learnip.internal.TestFrames.arp;
import static org.virt.learnip.internal.TestFrames.fromGuest;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.learnip.internal.TestHost.Terms;
import org.virt.learnip.internal.Watch.Want;
import org.virt.spi.learnip.LearnRequest;
import org.virt.spi.learnip.LearnRequest.Mode;

class PcapLearnerTest {
  private static final Watch EVERYTHING =
      new Watch(PORT, Set.of(Want.DHCP, Want.ARP, Want.IPV4), false);
  private static final byte[] ARP =
      fromGuest(GUEST, CookedFrame.ARP, arp(1, GUEST, "192.0.2.9", "192.0.2.1"));

  private final List<FakeCapture> captures = new CopyOnWriteArrayList<>();
  private volatile boolean refuse;
  private final PcapLearner learner =
      new PcapLearner(
          () -> {
            if (refuse) {
              throw new VirtException(ErrorCode.OPEN_FAILED, "no capture here");
            }
            FakeCapture capture = new FakeCapture();
            captures.add(capture);
            return capture;
          },
          new PcapLearner.Pace(Duration.ofMillis(100), Duration.ofMillis(1)),
          new TestHost().around);
  private final RecordingSink sink = new RecordingSink();

  @AfterEach
  void end() {
    learner.deactivate();
    captures.forEach(capture -> until(() -> capture.closed));
  }

  private static LearnRequest request(int index, Mode mode) {
    Terms terms = new Terms(mode);
    terms.index = index;
    return terms.request();
  }

  private static void until(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "not in time");
      LockSupport.parkNanos(1_000_000);
    }
  }

  private FakeCapture capture() {
    return captures.get(captures.size() - 1);
  }

  @Test
  void opensNothingBeforeTheFirstPort() {
    assertEquals(List.of(), captures);
  }

  @Test
  void watchesAPortBeforeLearnReturns() throws VirtException {
    learner.learn(request(PORT, Mode.ANY), sink);
    assertEquals(List.of(EVERYTHING), capture().watches);
    learner.learn(request(PORT + 1, Mode.DHCP), sink);
    assertEquals(1, captures.size());
    assertTrue(capture().everything || capture().watches.size() == 2);
    List<Watch> both = List.of(EVERYTHING, new Watch(PORT + 1, Set.of(Want.DHCP), false));
    until(() -> capture().watches.equals(both) && !capture().everything);
  }

  @Test
  void watchesManyPortsThatComeTogether() throws VirtException {
    for (int i = 0; i < 200; i++) {
      learner.learn(request(PORT + i, Mode.DHCP), sink);
    }
    assertTrue(capture().everything || capture().watches.size() == 200);
    until(() -> capture().watches.size() == 200 && !capture().everything);
  }

  @Test
  void tellsWhatWasLearnedAndReadsLessFromThenOn() throws VirtException {
    learner.learn(request(PORT, Mode.ANY), sink);
    capture().frames.add(ARP);
    until(() -> sink.lines().equals(List.of("+192.0.2.9 ARP")));
    until(() -> capture().watches.equals(List.of(new Watch(PORT, Set.of(Want.DHCP), false))));
  }

  @Test
  void tellsNothingAfterTheSubscriptionIsClosed() throws VirtException {
    RecordingSink other = new RecordingSink();
    Subscription subscription = learner.learn(request(PORT, Mode.ANY), sink);
    learner.learn(request(PORT, Mode.ANY), other);
    subscription.close();
    subscription.close();
    capture().frames.add(ARP);
    until(() -> other.lines().equals(List.of("+192.0.2.9 ARP")));
    assertEquals(List.of(), sink.lines());
  }

  @Test
  void goesOnWhenAReceiverFails() throws VirtException {
    learner.learn(
        request(PORT, Mode.ANY),
        new RecordingSink() {
          @Override
          public void learned(InetAddress address, Source source, Optional<Duration> lifetime) {
            throw new IllegalStateException("on purpose");
          }
        });
    learner.learn(request(PORT, Mode.ANY), sink);
    capture().frames.add(ARP);
    until(() -> sink.lines().equals(List.of("+192.0.2.9 ARP")));
  }

  @Test
  void saysWhyNothingCanBeLearned() {
    refuse = true;
    VirtException thrown =
        assertThrows(VirtException.class, () -> learner.learn(request(PORT, Mode.ANY), sink));
    assertEquals(ErrorCode.OPEN_FAILED, thrown.code());
    assertEquals("learn the addresses of vnet7: no capture here", thrown.getMessage());
  }

  @Test
  void opensAnotherCaptureWhenOneBreaks() throws VirtException {
    learner.learn(request(PORT, Mode.ANY), sink);
    capture().frames.add(FakeCapture.BREAK);
    until(() -> captures.size() == 2 && !capture().watches.isEmpty());
    capture().frames.add(ARP);
    until(() -> sink.lines().equals(List.of("+192.0.2.9 ARP")));
  }

  @Test
  void tellsEveryPortWhenNoCaptureOpensAgain() throws VirtException {
    learner.learn(request(PORT, Mode.ANY), sink);
    learner.learn(request(PORT + 1, Mode.ANY), sink);
    refuse = true;
    capture().frames.add(FakeCapture.BREAK);
    until(() -> sink.lines().size() == 2);
    assertEquals(List.of("failed: no capture here", "failed: no capture here"), sink.lines());
  }

  @Test
  void closesTheCaptureSomeTimeAfterTheLastPort() throws VirtException {
    learner.learn(request(PORT, Mode.ANY), sink).close();
    assertFalse(capture().closed);
    until(() -> capture().closed);
    learner.learn(request(PORT, Mode.ANY), sink);
    assertEquals(2, captures.size());
  }

  @Test
  void endsItsThreads() throws VirtException {
    learner.learn(request(PORT, Mode.ANY), sink);
    learner.deactivate();
    until(() -> capture().closed);
    assertThrows(VirtException.class, () -> learner.learn(request(PORT, Mode.ANY), sink));
  }

  /** Hands on what the test adds. */
  private static final class FakeCapture implements Capture {
    static final byte[] BREAK = new byte[0];
    private static final byte[] STOP = new byte[0];

    private final BlockingQueue<byte[]> frames = new LinkedBlockingQueue<>();
    private volatile List<Watch> watches = List.of();
    private volatile boolean everything;
    private volatile boolean closed;

    @Override
    public void watch(List<Watch> wanted) {
      watches = wanted;
      everything = false;
    }

    @Override
    public void watchAll() {
      everything = true;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the marks are what they are
    public void run(Frames receiver) throws VirtException {
      while (true) {
        byte[] frame = next();
        if (frame == STOP) {
          return;
        }
        if (frame == BREAK) {
          throw new VirtException(ErrorCode.READ_FAILED, "broken on purpose");
        }
        if (receiver.take(frame) && frames.isEmpty()) {
          receiver.pause();
        }
      }
    }

    private byte[] next() {
      try {
        byte[] frame = frames.poll(1, TimeUnit.MINUTES);
        return frame == null ? STOP : frame;
      } catch (InterruptedException e) {
        return STOP;
      }
    }

    @Override
    public void stop() {
      frames.add(STOP);
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
