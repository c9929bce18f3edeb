package org.virt.driver.remote.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.function.Executable;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.remote.internal.link.Limits;

/** What tests against a fake end share. */
abstract class PeerTest {
  static final DomainId ID = new DomainId(new UUID(1, 2));
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  FakePeer peer;
  RemoteDriver driver;

  /** Returns the limits of time of the driver. */
  Limits limits() {
    return new Limits(
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        5,
        Duration.ofMillis(1),
        Duration.ofMillis(20));
  }

  /** What the driver is configured with. */
  final Map<String, Object> configuration = new HashMap<>();

  @BeforeEach
  void start() throws Exception {
    peer = new FakePeer();
    driver = new RemoteDriver(limits(), configuration);
  }

  @AfterEach
  void end() throws Exception {
    driver.deactivate();
    peer.close();
  }

  RemoteConnection open() throws VirtException {
    return (RemoteConnection) driver.open(peer.uri());
  }

  static String fails(ErrorCode code, Executable call) {
    VirtException e = assertThrows(VirtException.class, call);
    assertEquals(code, e.code(), e.getMessage());
    return e.getMessage();
  }

  static void until(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, what);
      LockSupport.parkNanos(1_000_000);
    }
  }
}
