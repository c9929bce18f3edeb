package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.virt.test.host.lab.Endpoint;
import org.virt.test.host.lab.Frames;
import org.virt.test.host.lab.Lab;

/**
 * A thousand honest and a thousand spoofed frames a second from a guest, until it is closed, and
 * what of them arrives behind the bridge. Nobody else may receive there meanwhile.
 */
final class Traffic implements AutoCloseable {
  private static final long GAP_NANOS = 1_000_000;
  private static final long WAIT_MILLIS = 10;
  private static final int SOURCE = 26;
  private static final int DATA = 42;

  private final Lab lab;
  private final Endpoint guest;
  private final AtomicInteger honestSent = new AtomicInteger();
  private final AtomicInteger honestPassed = new AtomicInteger();
  private final AtomicInteger spoofedSent = new AtomicInteger();
  private final AtomicInteger spoofedPassed = new AtomicInteger();
  private final Thread sender = new Thread(this::send, "sender");
  private final Thread receiver = new Thread(this::receive, "receiver");
  private final AtomicReference<IOException> failure = new AtomicReference<>();
  private volatile boolean guarded;
  private volatile boolean ended;
  private volatile boolean allSent;

  private Traffic(Lab lab, Endpoint guest) {
    this.lab = lab;
    this.guest = guest;
  }

  /** Begins, from a port that has its rules. */
  static Traffic guarded(PortLab port) throws InterruptedException {
    Traffic traffic = unguarded(port);
    traffic.guard();
    return traffic;
  }

  /** Begins, from a port that may yet be open. */
  static Traffic unguarded(PortLab port) throws InterruptedException {
    Traffic traffic = new Traffic(port.lab, port.guest());
    traffic.receiver.start();
    traffic.sender.start();
    try {
      traffic.awaitHonest();
    } catch (AssertionError e) {
      traffic.close();
      throw e;
    }
    return traffic;
  }

  /** Spoofed frames that are sent from now on must not pass. */
  void guard() {
    guarded = true;
  }

  /** Waits until more frames have been sent, whatever became of them. */
  void awaitMore() {
    int more = spoofedSent.get() + 100;
    Lab.await("traffic goes on", () -> spoofedSent.get() > more);
  }

  /** Waits until more honest frames have passed. */
  void awaitHonest() {
    int more = honestPassed.get() + 100;
    Lab.await("honest frames pass", () -> honestPassed.get() > more);
  }

  /** Ends it; no spoofed frame passed while the port was guarded. */
  void endWithNothingSpoofed() throws InterruptedException {
    awaitMore();
    close();
    assertNothingSpoofed();
  }

  /** Ends it; of a thousand honest frames one may be lost. */
  void endWithNothingLost() throws InterruptedException {
    awaitMore();
    ended = true;
    sender.join();
    int sent = honestSent.get();
    Lab.await(
        "999 of 1000 honest frames arrive, of " + sent,
        () -> (sent - honestPassed.get()) * 1000L <= sent);
    close();
    assertNothingSpoofed();
  }

  private void assertNothingSpoofed() {
    assertNull(failure.get(), "nobody looked at what passed");
    assertEquals(0, spoofedPassed.get(), "spoofed frames passed, of " + spoofedSent);
  }

  private void send() {
    byte[] honest = frame(PortLab.ADDRESS, 0);
    byte[] before = frame(PortLab.FOREIGN, 0);
    byte[] spoofed = frame(PortLab.FOREIGN, 1);
    while (!ended) {
      try {
        guest.send(honest);
        honestSent.incrementAndGet();
        guest.send(guarded ? spoofed : before);
        spoofedSent.incrementAndGet();
      } catch (IOException e) {
        spoofedSent.incrementAndGet(); // the other end is gone, or down
      }
      LockSupport.parkNanos(GAP_NANOS);
    }
  }

  private byte[] frame(String source, int data) {
    byte[] marked = {(byte) data};
    return Frames.udp(guest.mac(), Frames.BROADCAST, source, 1000, PortLab.GATEWAY, 2000, marked);
  }

  /** Goes on until everything that is there when no more is sent has been looked at. */
  private void receive() {
    try {
      byte[] foreign = InetAddress.getByName(PortLab.FOREIGN).getAddress();
      byte[] own = InetAddress.getByName(PortLab.ADDRESS).getAddress();
      while (true) {
        boolean last = allSent;
        Optional<byte[]> frame = lab.uplink().poll();
        if (frame.isPresent() && frame.get().length > DATA) {
          byte[] source = Arrays.copyOfRange(frame.get(), SOURCE, SOURCE + 4);
          if (Arrays.equals(source, foreign)) {
            spoofedPassed.addAndGet(frame.get()[DATA]);
          } else if (Arrays.equals(source, own)) {
            honestPassed.incrementAndGet();
          }
        } else if (last && frame.isEmpty()) {
          return;
        } else if (frame.isEmpty()) {
          lab.uplink().await(WAIT_MILLIS);
        }
      }
    } catch (IOException e) {
      failure.set(e);
    }
  }

  @Override
  public void close() throws InterruptedException {
    ended = true;
    sender.join();
    allSent = true;
    receiver.join();
  }
}
