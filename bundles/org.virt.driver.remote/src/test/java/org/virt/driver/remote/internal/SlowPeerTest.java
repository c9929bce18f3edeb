package org.virt.driver.remote.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.driver.remote.internal.link.Limits;
import org.virt.rpc.Header;
import org.virt.rpc.Program;
import org.virt.rpc.Protocol;

/** An end that is slow, silent or does not read. */
class SlowPeerTest extends PeerTest {
  private static final String ASKED = "connect_get_capabilities";

  @Override
  Limits limits() {
    return new Limits(
        Duration.ofMillis(500),
        Duration.ofMillis(500),
        Duration.ofMillis(500),
        Duration.ofMillis(100),
        2,
        Duration.ofMillis(1),
        Duration.ofMillis(20));
  }

  @Test
  void givesUpACallThatTakesTooLongAndGoesOn() throws Exception {
    RemoteConnection connection = open();
    AtomicReference<Header> late = new AtomicReference<>();
    peer.on(ASKED, (client, call, packet) -> late.set(call));
    String message = fails(ErrorCode.OPERATION_TIMEOUT, connection::capabilities);
    assertTrue(message.startsWith(ASKED), message);
    peer.client().reply(late.get(), "too late");
    peer.answer(ASKED, "in time");
    assertEquals("in time", connection.capabilities());
    assertEquals(1, peer.connections());
  }

  @Test
  void givesUpAnEndThatSaysNothingAtAll() throws Exception {
    peer.answer("connect_supports_feature", 1);
    RemoteConnection connection = open();
    until("the silent end is cut off", peer.client()::isOver);
    assertEquals("", connection.capabilities());
    assertEquals(2, peer.connections());
    until(
        "it was asked before",
        () ->
            peer.others.stream().anyMatch(p -> p.header().program() == Program.KEEPALIVE.number()));
  }

  @Test
  void answersAnEndThatAsks() throws Exception {
    RemoteConnection connection = open();
    peer.client().event(Protocol.libvirt().procedure(Program.KEEPALIVE, "ping"));
    int pong = Protocol.libvirt().procedure(Program.KEEPALIVE, "pong").number();
    until(
        "a pong",
        () ->
            peer.others.stream()
                .anyMatch(
                    p ->
                        p.header().program() == Program.KEEPALIVE.number()
                            && p.header().procedure() == pong));
    connection.close();
  }

  @Test
  void givesUpAnEndThatDoesNotRead() throws Exception {
    RemoteConnection connection = open();
    CountDownLatch over = new CountDownLatch(1);
    peer.on(
        "domain_define_xml",
        (client, call, packet) -> {
          try {
            over.await(20, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    String large = "x".repeat(4 * 1024 * 1024);
    fails(ErrorCode.OPERATION_TIMEOUT, () -> connection.define(large));
    String message = fails(ErrorCode.RPC, () -> connection.define(large));
    assertTrue(message.contains("has taken nothing"), message);
    over.countDown();
    assertEquals("", connection.capabilities());
  }
}
