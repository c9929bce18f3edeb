package org.virt.remote.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.virt.api.ErrorCode;
import org.virt.rpc.Header;
import org.virt.rpc.MessageStatus;
import org.virt.rpc.MessageType;
import org.virt.rpc.Packet;
import org.virt.rpc.Procedure;
import org.virt.rpc.Program;
import org.virt.rpc.Protocol;
import org.virt.rpc.StreamHole;
import org.virt.rpc.XdrStruct;

/** Messages that no client sends who means well. */
@Timeout(60)
class WireTest extends ServedTest {
  private static final Protocol PROTOCOL = Protocol.libvirt();
  private static final Procedure TYPE = PROTOCOL.procedure(Program.REMOTE, "connect_get_type");
  private static final int HEADER = Packet.HEAD_SIZE;

  private static ByteBuffer message(int program, int procedure, MessageType type, byte... body) {
    Header header = new Header(program, procedure, type, 7, MessageStatus.OK);
    return Packet.encode(header, body, body.length);
  }

  private void assertServed(TestClient one) throws IOException {
    assertEquals("FAKE", one.call("connect_get_type").text("type"));
  }

  private void assertRefused(ByteBuffer message) throws IOException {
    client.write(message);
    Packet answer = client.receive();
    assertEquals(MessageStatus.ERROR, answer.header().status());
    assertEquals(ErrorCode.RPC.number(), client.answer(answer, TYPE).error().orElseThrow().code());
    assertServed(client);
  }

  @Test
  void answersCallsOfWhatIsNotThere() throws IOException {
    int remote = Program.REMOTE.number();
    for (int procedure : new int[] {0, -1, 444, Integer.MAX_VALUE}) {
      assertRefused(message(remote, procedure, MessageType.CALL));
    }
    assertRefused(message(0x12345678, 1, MessageType.CALL));
    Procedure event = PROTOCOL.procedure(Program.REMOTE, "domain_event_lifecycle");
    assertRefused(message(remote, event.number(), MessageType.CALL));
  }

  @ParameterizedTest
  @EnumSource(names = {"REPLY", "EVENT", "REPLY_WITH_FDS"})
  void cutsOffWhoSendsWhatServersSend(MessageType type) throws IOException {
    client.write(message(Program.REMOTE.number(), TYPE.number(), type, new byte[4]));
    assertThrows(IOException.class, client::receive);
    try (TestClient other = fixture.open(fixture.socket)) {
      assertServed(other);
    }
  }

  @Test
  void opensOnceAndNotAfterTheEnd() throws IOException {
    assertEquals(
        ErrorCode.INTERNAL_ERROR.number(), client.fails("connect_open", "fake:///x", 0).code());
    assertServed(client);
    client.call("connect_close");
    assertThrows(IOException.class, () -> client.call("connect_get_type"));
  }

  @Test
  void dropsPacketsOfStreamsThatAreNotThere() throws IOException {
    int number = PROTOCOL.procedure(Program.REMOTE, "storage_vol_upload").number();
    for (MessageStatus status : MessageStatus.values()) {
      Header stream = new Header(Program.REMOTE.number(), number, MessageType.STREAM, 4711, status);
      client.write(Packet.encode(stream, new byte[100], 100));
      client.write(new StreamHole(1L << 40).encode(stream));
    }
    assertServed(client);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 4_194_305, 100})
  void refusesLengthsThatNoStringHas(int length) throws IOException {
    int lookup = PROTOCOL.procedure(Program.REMOTE, "domain_lookup_by_name").number();
    byte[] body = ByteBuffer.allocate(8).putInt(length).array();
    assertRefused(message(Program.REMOTE.number(), lookup, MessageType.CALL, body));
  }

  @Test
  void refusesTextsThatAreNone() throws IOException {
    int lookup = PROTOCOL.procedure(Program.REMOTE, "domain_lookup_by_name").number();
    byte[] nul = ByteBuffer.allocate(8).putInt(3).put(new byte[] {'a', 0, 'b', 0}).array();
    assertRefused(message(Program.REMOTE.number(), lookup, MessageType.CALL, nul));
    byte[] broken = {0, 0, 0, 2, (byte) 0xc3, (byte) 0x28, 0, 0};
    client.write(message(Program.REMOTE.number(), lookup, MessageType.CALL, broken));
    assertEquals(MessageStatus.ERROR, client.receive().header().status());
    assertServed(client);
  }

  @Test
  void refusesMoreParametersThanThereMayBe() throws IOException {
    Procedure set = PROTOCOL.procedure(Program.REMOTE, "domain_set_memory_parameters");
    XdrStruct domain =
        PROTOCOL.struct("remote_nonnull_domain").of("one", FakeHypervisor.ID.uuid(), 1);
    ByteBuffer named = ByteBuffer.wrap(new byte[512]);
    ByteBuffer whole =
        Packet.encode(
            new Header(
                Program.REMOTE.number(), set.number(), MessageType.CALL, 7, MessageStatus.OK),
            set.args().of(domain, Collections.<XdrStruct>emptyList(), 0));
    named.put(whole.duplicate().position(HEADER));
    // The number of parameters is before the flags, the last word of all.
    byte[] body = Arrays.copyOf(named.array(), named.position());
    for (int count : new int[] {17, 1_000_000, -1}) {
      ByteBuffer.wrap(body).putInt(body.length - 2 * Integer.BYTES, count);
      assertRefused(message(Program.REMOTE.number(), set.number(), MessageType.CALL, body));
    }
  }

  @Test
  void refusesXmlThatIsTooDeep() throws IOException {
    String deep = "<a>".repeat(10_000) + "</a>".repeat(10_000);
    assertEquals(ErrorCode.XML_ERROR.number(), client.fails("domain_define_xml", deep).code());
    assertServed(client);
  }

  @Test
  void endsWhenTheOtherSideIsDone() throws IOException {
    client.write(message(Program.REMOTE.number(), TYPE.number(), MessageType.CALL));
    client.channel.shutdownOutput();
    assertThrows(
        IOException.class,
        () -> {
          client.receive();
          client.receive();
        });
  }

  @Test
  void takesMessagesByteByByte() throws IOException {
    ByteBuffer call = message(Program.REMOTE.number(), TYPE.number(), MessageType.CALL);
    try (TestClient other = fixture.open(fixture.socket)) {
      while (call.hasRemaining()) {
        client.write(call.slice(call.position(), 1));
        call.get();
        assertServed(other);
      }
    }
    assertEquals(MessageStatus.OK, client.receive().header().status());
  }

  @Test
  void refusesOverlongProofs() throws IOException {
    byte[] longest = "n,,n=%s,r=x".formatted("a".repeat(65_000)).getBytes(StandardCharsets.UTF_8);
    for (byte[] data : List.of(longest, new byte[65_536])) {
      try (TestClient stranger = new TestClient(fixture.passwordSocket)) {
        assertTrue(isRefused(stranger, data));
      }
    }
    assertServed(client);
  }

  private static boolean isRefused(TestClient stranger, byte[] data) throws IOException {
    TestClient.Answer answer = stranger.ask("auth_sasl_start", "SCRAM-SHA-256", 0, data);
    return answer.error().isPresent()
        || stranger.ask("auth_sasl_step", 0, data).error().isPresent();
  }
}
