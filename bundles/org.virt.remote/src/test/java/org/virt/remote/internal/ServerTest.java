package org.virt.remote.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.Console;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.remote.internal.session.Limits;
import org.virt.rpc.Header;
import org.virt.rpc.MessageStatus;
import org.virt.rpc.MessageType;
import org.virt.rpc.Packet;
import org.virt.rpc.Procedure;
import org.virt.rpc.Program;
import org.virt.rpc.Protocol;
import org.virt.rpc.RpcError;
import org.virt.rpc.StructType;
import org.virt.rpc.XdrStruct;

@Timeout(60)
class ServerTest {
  private static final Protocol PROTOCOL = Protocol.libvirt();
  private static final StructType DOMAIN = PROTOCOL.struct("remote_nonnull_domain");
  private static final XdrStruct ONE = DOMAIN.of("one", FakeHypervisor.ID.uuid(), 7);

  @TempDir Path folder;
  private ServerFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = new ServerFixture(folder, new Limits(50, 2, 5, 60, 0, 5, Limits.DEFAULT.memory()));
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  @Test
  void servesAClientFromOpenToClose() throws IOException {
    TestClient client = new TestClient(fixture.socket);
    assertEquals(List.of(0), client.call("auth_list").get("types"));
    RpcError early = client.fails("connect_get_type");
    assertEquals("internal error: hypervisor connection not open", early.message());
    client.call("connect_open", "fake:///x", 0);
    assertEquals("FAKE", client.call("connect_get_type").text("type"));
    XdrStruct found = client.call("domain_lookup_by_name", "one").struct("dom");
    assertEquals(ONE, found);
    assertEquals(1, client.call("domain_get_state", found, 0).integer("state"));
    assertEquals(FakeHypervisor.XML, client.call("domain_get_xml_desc", ONE, 0).text("xml"));
    assertEquals("hvm", client.call("domain_get_os_type", ONE).text("type"));
    client.call("domain_suspend", ONE);
    assertEquals(List.of("suspend"), fixture.hypervisor.done);
    client.call("connect_close");
    assertThrows(IOException.class, client::receive);
  }

  @Test
  void saysErrorsAsLibvirtDoes() throws IOException {
    try (TestClient client = fixture.open(fixture.socket)) {
      RpcError error = client.fails("domain_lookup_by_name", "two");
      assertEquals(ErrorCode.NO_DOMAIN.number(), error.code());
      assertEquals("Domain not found: no domain with matching name 'two'", error.message());
      RpcError absent = client.fails("domain_migrate_get_max_speed", ONE, 0);
      assertEquals(ErrorCode.NO_SUPPORT.number(), absent.code());
      assertEquals(
          "this function is not supported by the connection driver: virDomainMigrateGetMaxSpeed",
          absent.message());
      assertEquals(
          ErrorCode.INVALID_ARG.number(), client.fails("domain_get_state", ONE, 64).code());
      assertEquals(ErrorCode.XML_ERROR.number(), client.fails("domain_define_xml", "<x").code());
    }
  }

  @Test
  void refusesAClientThatIsNotAdmitted() throws IOException {
    try (TestClient client = new TestClient(fixture.askedSocket)) {
      assertEquals(List.of(2), client.call("auth_list").get("types"));
      assertEquals(ErrorCode.RPC.number(), client.fails("connect_open", "fake:///x", 0).code());
      assertEquals(ErrorCode.AUTH_FAILED.number(), client.fails("auth_polkit").code());
      assertThrows(IOException.class, client::receive);
    }
  }

  @Test
  void turnsAwayMoreUnknownClientsThanAreAllowed() throws IOException {
    try (TestClient first = new TestClient(fixture.askedSocket);
        TestClient second = new TestClient(fixture.askedSocket)) {
      first.call("auth_list");
      second.call("auth_list");
      try (TestClient third = new TestClient(fixture.askedSocket)) {
        assertThrows(IOException.class, () -> third.call("auth_list"));
      }
    }
  }

  @Test
  void answersUrgentCallsWhileAllWorkersWait() throws IOException {
    CountDownLatch latch = new CountDownLatch(1);
    fixture.hypervisor.shutdownWaits = latch;
    Procedure shutdown = PROTOCOL.procedure(Program.REMOTE, "domain_shutdown");
    try (TestClient slow = fixture.open(fixture.socket);
        TestClient client = fixture.open(fixture.socket)) {
      for (int i = 0; i < 20; i++) {
        slow.send(shutdown, shutdown.args().of(ONE));
      }
      assertEquals("FAKE", client.call("connect_get_type").text("type"));
      assertTrue(fixture.hypervisor.done.isEmpty());
      latch.countDown();
      for (int i = 0; i < 20; i++) {
        assertEquals(MessageStatus.OK, slow.receive().header().status());
      }
      assertEquals(20, fixture.hypervisor.done.size());
    }
  }

  @Test
  void outlivesADriverThatLeaves() throws IOException {
    try (TestClient client = fixture.open(fixture.socket)) {
      client.call("connect_domain_event_callback_register_any", 0, null);
      fixture.hypervisor.leave();
      fixture.hypervisor.listeners.clear();
      assertEquals(
          ErrorCode.NO_CONNECT.number(), client.fails("domain_lookup_by_name", "one").code());
      fixture.hypervisor.here = true;
      assertEquals(ONE, client.call("domain_lookup_by_name", "one").struct("dom"));
      assertEquals(2, fixture.hypervisor.opened.get());
      assertEquals(1, fixture.hypervisor.listeners.size());
    }
  }

  @Test
  void tellsEventsInTheFormThatWasAskedFor() throws IOException {
    try (TestClient client = fixture.open(fixture.socket)) {
      int number =
          client.call("connect_domain_event_callback_register_any", 0, ONE).integer("callbackID");
      client.call("connect_domain_event_register");
      fixture.hypervisor.tell(Kind.SUSPENDED_PAUSED);
      Packet numbered = client.receive();
      Procedure procedure = PROTOCOL.procedure(Program.REMOTE, "domain_event_callback_lifecycle");
      assertEquals(procedure.number(), numbered.header().procedure());
      XdrStruct body = numbered.read(procedure.event().orElseThrow());
      assertEquals(number, body.integer("callbackID"));
      assertEquals(ONE, body.struct("msg").struct("dom"));
      assertEquals(3, body.struct("msg").integer("event"));
      Packet plain = client.receive();
      assertEquals(
          PROTOCOL.procedure(Program.REMOTE, "domain_event_lifecycle").number(),
          plain.header().procedure());
      client.call("connect_domain_event_callback_deregister_any", number);
      client.call("connect_domain_event_deregister");
      assertTrue(fixture.hypervisor.listeners.isEmpty());
    }
  }

  @Test
  void carriesAConsoleInBothDirections() throws Exception {
    PipedOutputStream guestWrites = new PipedOutputStream();
    PipedInputStream weRead = new PipedInputStream(guestWrites);
    ByteArrayOutputStream guestReads = new ByteArrayOutputStream();
    CountDownLatch closed = new CountDownLatch(1);
    fixture.hypervisor.console = new FakeConsole(weRead, guestReads, closed);
    Procedure open = PROTOCOL.procedure(Program.REMOTE, "domain_open_console");
    try (TestClient client = fixture.open(fixture.socket)) {
      int serial = client.send(open, open.args().of(ONE, null, 0));
      assertEquals(MessageType.REPLY, client.receive().header().type());
      guestWrites.write("login: ".getBytes(StandardCharsets.US_ASCII));
      guestWrites.flush();
      Packet data = client.receive();
      assertEquals(MessageType.STREAM, data.header().type());
      assertEquals(serial, data.header().serial());
      assertEquals("login: ", StandardCharsets.US_ASCII.decode(data.body()).toString());
      Header stream =
          new Header(
              Program.REMOTE.number(),
              open.number(),
              MessageType.STREAM,
              serial,
              MessageStatus.CONTINUE);
      client.write(Packet.encode(stream, "root\n".getBytes(StandardCharsets.US_ASCII), 5));
      client.write(
          Packet.encode(stream.with(MessageType.STREAM, MessageStatus.OK), new byte[0], 0));
      Packet end = client.receive();
      assertEquals(MessageStatus.OK, end.header().status());
      assertTrue(closed.await(10, TimeUnit.SECONDS));
      assertEquals("root\n", guestReads.toString(StandardCharsets.US_ASCII));
    }
  }

  /** A serial line of pipes. */
  private record FakeConsole(InputStream input, OutputStream output, CountDownLatch closed)
      implements Console {
    @Override
    public void close() {
      closed.countDown();
      try {
        input.close();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** A serial line on which nothing comes until it is closed. */
  private static final class Silence extends InputStream {
    private final CountDownLatch closed = new CountDownLatch(1);

    @Override
    public int read() throws IOException {
      try {
        closed.await();
        return -1;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }

  @Test
  void failsAStreamThatNoThreadIsLeftFor() throws Exception {
    fixture.hypervisor.console =
        new FakeConsole(new Silence(), OutputStream.nullOutputStream(), new CountDownLatch(1));
    Procedure open = PROTOCOL.procedure(Program.REMOTE, "domain_open_console");
    try (TestClient client = fixture.open(fixture.socket)) {
      Packet answer;
      do {
        client.send(open, open.args().of(ONE, null, 0));
        answer = client.receive();
      } while (answer.header().type() == MessageType.REPLY);
      assertEquals(MessageStatus.ERROR, answer.header().status());
      String why = RpcError.read(answer).message();
      assertTrue(why.contains("too many streams"), why);
    }
  }

  @Test
  void answersKeepAlive() throws IOException {
    try (TestClient client = new TestClient(fixture.socket)) {
      Header ping =
          new Header(Program.KEEPALIVE.number(), 1, MessageType.EVENT, 0, MessageStatus.OK);
      client.write(Packet.encode(ping, new byte[0], 0));
      assertEquals(2, client.receive().header().procedure());
    }
  }

  @Test
  void listsAndDisconnectsClients() throws Exception {
    try (TestClient client = fixture.open(fixture.socket)) {
      long number = fixture.server.clients().get(0).number();
      assertEquals("fake:///x", fixture.server.clients().get(0).uri());
      assertEquals(
          System.getProperty("user.name"),
          fixture.server.clients().get(0).identity().user().orElseThrow());
      fixture.server.disconnect(number);
      assertThrows(IOException.class, client::receive);
      assertThrows(VirtException.class, () -> fixture.server.disconnect(number));
    }
  }
}
