package org.virt.driver.remote.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.remote.internal.link.Limits;
import org.virt.rpc.Header;
import org.virt.rpc.Program;
import org.virt.rpc.Protocol;

/** An end that is slow, silent or does not read. */
class SlowPeerTest extends PeerTest {
  private static final String ASKED = "connect_get_capabilities";

  /** What is short may run out on a busy machine at any time: the next attempt may succeed. */
  @Override
  Limits limits() {
    return new Limits(
        Duration.ofSeconds(20),
        Duration.ofMillis(500),
        Duration.ofMillis(500),
        Duration.ofMillis(500),
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
    until("it was asked", () -> late.get() != null);
    peer.client().reply(late.get(), "too late");
    peer.answer(ASKED, "in time");
    until("it answers in time", () -> answers(connection, "in time"));
    assertEquals(1, peer.connections());
  }

  @Test
  void givesUpAnEndThatSaysNothingAtAll() throws Exception {
    peer.answer("connect_supports_feature", 1);
    RemoteConnection connection = open();
    until("the silent end is cut off", peer.client()::isOver);
    until(
        "it was asked before",
        () ->
            peer.others.stream().anyMatch(p -> p.header().program() == Program.KEEPALIVE.number()));
    until("it answers on another connection", () -> answers(connection, ""));
    assertTrue(peer.connections() > 1);
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
        ASKED,
        (client, call, packet) -> {
          try {
            over.await(20, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    fails(ErrorCode.OPERATION_TIMEOUT, connection::capabilities);
    String large = "x".repeat(4 * 1024 * 1024);
    String message = fails(ErrorCode.RPC, () -> connection.define(large));
    assertTrue(message.contains("has taken nothing"), message);
    over.countDown();
    peer.forget(ASKED);
    until("it answers on another connection", () -> answers(connection, ""));
    assertTrue(peer.connections() > 1);
  }

  private static boolean answers(RemoteConnection connection, String expected) {
    try {
      return connection.capabilities().equals(expected);
    } catch (VirtException e) {
      return false;
    }
  }
}
