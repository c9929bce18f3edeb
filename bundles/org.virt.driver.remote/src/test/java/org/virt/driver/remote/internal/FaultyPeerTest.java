package org.virt.driver.remote.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.remote.internal.FakePeer.Behaviour;
import org.virt.rpc.Header;
import org.virt.rpc.MessageStatus;
import org.virt.rpc.MessageType;
import org.virt.rpc.Packet;
import org.virt.rpc.Program;

/** An end that does not do what it should: each time an error, and the session goes on. */
class FaultyPeerTest extends PeerTest {
  private static final String ASKED = "connect_get_capabilities";

  @TestFactory
  Stream<DynamicTest> failsOneCallByAnAnswerThatIsNone() {
    Map<String, Behaviour> faults =
        Map.of(
            "a length of four gigabytes",
            (client, call, packet) -> client.write(ints(-1, 0, 0, 0, 0, 0, 0)),
            "a length beyond the most",
            (client, call, packet) -> client.write(ints(Packet.MAX + 5, 0, 0, 0, 0, 0, 0)),
            "a length below a header's",
            (client, call, packet) -> client.write(ints(8, 0)),
            "another version",
            (client, call, packet) ->
                client.write(ints(28, call.program(), 7, call.procedure(), 1, call.serial(), 0)),
            "a type that is not there",
            (client, call, packet) ->
                client.write(ints(28, call.program(), 1, call.procedure(), 99, call.serial(), 0)),
            "a call to a client",
            (client, call, packet) ->
                client.write(
                    Packet.encode(call.with(MessageType.CALL, MessageStatus.OK), new byte[4], 4)),
            "the answer to another call",
            (client, call, packet) ->
                client.write(
                    Packet.encode(
                        new Header(
                            Program.REMOTE.number(),
                            1,
                            MessageType.REPLY,
                            call.serial(),
                            MessageStatus.OK),
                        new byte[0],
                        0)),
            "HTTP",
            (client, call, packet) ->
                client.write(
                    ByteBuffer.wrap("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII))),
            "the end of the connection",
            (client, call, packet) -> client.cut());
    return faults.entrySet().stream()
        .map(fault -> dynamicTest(fault.getKey(), () -> survives(fault.getValue())));
  }

  @TestFactory
  Stream<DynamicTest> failsOneCallByABodyThatCannotBeRead() {
    Map<String, byte[]> bodies =
        Map.of(
            "nothing", new byte[0],
            "a text that is cut off", ints(100).array(),
            "a text longer than any", ints(-1).array(),
            "a text with NUL", ints(4, 0).array());
    return bodies.entrySet().stream()
        .map(body -> dynamicTest(body.getKey(), () -> keepsTheLink(body.getValue())));
  }

  @Test
  void failsToOpenWhenItIsCutAtAnyStep() throws Exception {
    for (String step : List.of("auth_list", "connect_supports_feature", "connect_open")) {
      peer.on(step, (client, call, packet) -> client.cut());
      String message = fails(ErrorCode.RPC, this::open);
      assertTrue(message.startsWith(step + ": the connection to " + peer.uri()), message);
      peer.forget(step);
    }
    open().close();
  }

  @Test
  void failsEveryCallThatWaitsWhenItIsCut() throws Exception {
    RemoteConnection connection = open();
    peer.on(ASKED, (client, call, packet) -> {});
    List<Throwable> failed = new ArrayList<>();
    List<Thread> callers =
        Stream.generate(
                () ->
                    new Thread(
                        () -> {
                          try {
                            connection.capabilities();
                          } catch (VirtException e) {
                            synchronized (failed) {
                              failed.add(e);
                            }
                          }
                        }))
            .limit(8)
            .toList();
    callers.forEach(Thread::start);
    until("all have asked", () -> peer.asked.stream().filter(ASKED::equals).count() == 8);
    peer.client().cut();
    for (Thread caller : callers) {
      caller.join();
    }
    assertEquals(8, failed.size());
    assertTrue(failed.stream().allMatch(e -> ((VirtException) e).code() == ErrorCode.RPC));
  }

  @Test
  void tellsTheOtherEndsErrorsAsTheyAre() throws Exception {
    RemoteConnection connection = open();
    peer.on(ASKED, (client, call, packet) -> client.error(call, 55, "domain is not running"));
    assertEquals(
        "domain is not running", fails(ErrorCode.OPERATION_INVALID, connection::capabilities));
    peer.on(ASKED, (client, call, packet) -> client.error(call, 4711, "of the future"));
    assertEquals(
        "of the future (error 4711 of the other end)",
        fails(ErrorCode.INTERNAL_ERROR, connection::capabilities));
    assertEquals(1, peer.connections());
  }

  @Test
  void needsNoPasswordWhereTheKernelSaysWhoComes() throws Exception {
    peer.answer("auth_list", List.of(7));
    assertTrue(fails(ErrorCode.AUTH_FAILED, this::open).contains("[7]"));
    peer.answer("auth_list", List.of(1, 2));
    open().close();
    assertTrue(peer.asked.contains("auth_polkit"));
    peer.on("auth_polkit", (client, call, packet) -> client.error(call, 45, "who are you"));
    assertEquals("who are you", fails(ErrorCode.AUTH_FAILED, this::open));
  }

  @Test
  void refusesWhatTheProtocolHasNoRoomFor() throws Exception {
    RemoteConnection connection = open();
    String message =
        fails(ErrorCode.INVALID_ARG, () -> connection.define("x".repeat(5 * 1024 * 1024)));
    assertTrue(message.contains("domain_define_xml"), message);
    fails(ErrorCode.INVALID_ARG, () -> connection.define("a\0b"));
    connection.capabilities();
  }

  private void survives(Behaviour fault) throws Exception {
    RemoteConnection connection = open();
    peer.on(ASKED, fault);
    fails(ErrorCode.RPC, connection::capabilities);
    peer.answer(ASKED, "<capabilities/>");
    assertEquals("<capabilities/>", connection.capabilities());
    connection.close();
  }

  private void keepsTheLink(byte[] body) throws Exception {
    RemoteConnection connection = open();
    int connections = peer.connections();
    peer.on(
        ASKED,
        (client, call, packet) ->
            client.write(
                Packet.encode(call.with(MessageType.REPLY, MessageStatus.OK), body, body.length)));
    String message = fails(ErrorCode.RPC, connection::capabilities);
    assertTrue(message.startsWith("read the answer to " + ASKED), message);
    peer.answer(ASKED, "<capabilities/>");
    assertEquals("<capabilities/>", connection.capabilities());
    assertEquals(connections, peer.connections());
    connection.close();
  }

  private static ByteBuffer ints(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Integer.BYTES);
    for (int value : values) {
      bytes.putInt(value);
    }
    return bytes.flip();
  }
}
