package org.virt.remote.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.ErrorCode;
import org.virt.remote.internal.session.Limits;
import org.virt.rpc.Header;
import org.virt.rpc.MessageStatus;
import org.virt.rpc.MessageType;
import org.virt.rpc.Packet;
import org.virt.rpc.Procedure;
import org.virt.rpc.Program;
import org.virt.rpc.Protocol;
import org.virt.rpc.StructType;
import org.virt.rpc.XdrStruct;

/** What clients can have the server keep, all together. */
@Timeout(60)
class MemoryTest {
  private static final int MIB = 1024 * 1024;
  private static final int MEMORY = 8 * MIB;
  private static final Procedure GET_TYPE =
      Protocol.libvirt().procedure(Program.REMOTE, "connect_get_type");
  private static final Procedure SHUTDOWN =
      Protocol.libvirt().procedure(Program.REMOTE, "domain_shutdown");
  private static final Procedure CAPABILITIES =
      Protocol.libvirt().procedure(Program.REMOTE, "connect_get_capabilities");
  private static final StructType DOMAIN = Protocol.libvirt().struct("remote_nonnull_domain");
  private static final XdrStruct ONE = DOMAIN.of("one", FakeHypervisor.ID.uuid(), 7);

  @TempDir Path folder;
  private ServerFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = new ServerFixture(folder, new Limits(50, 20, 5, 60, 0, 5, MEMORY));
  }

  @AfterEach
  void stop() throws IOException {
    fixture.hypervisor.shutdownWaits.countDown();
    fixture.close();
  }

  /** Writes as much as the server takes before it cuts the client off. */
  private static void write(TestClient client, ByteBuffer bytes) {
    try {
      client.write(bytes);
    } catch (IOException e) {
      assertTrue(bytes.hasRemaining());
    }
  }

  private static ByteBuffer announced(int length) {
    return ByteBuffer.allocate(Packet.LENGTH_SIZE).putInt(0, length);
  }

  private static boolean isServed(TestClient client) {
    try {
      return client.call("connect_get_type").text("type").equals("FAKE");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void cutsOffWhoSendsTheMostOfMessagesThatNeverEnd() throws IOException {
    List<TestClient> senders = new ArrayList<>();
    ByteBuffer ends = call(GET_TYPE, 100_000);
    try (TestClient modest = fixture.open(fixture.socket);
        TestClient bystander = fixture.open(fixture.socket)) {
      modest.write(ends.limit(50_000));
      for (int i = 0; i < 10; i++) {
        TestClient sender = new TestClient(fixture.socket);
        senders.add(sender);
        sender.write(announced(Packet.MAX));
        write(sender, ByteBuffer.allocate(3 * MIB));
        assertTrue(isServed(bystander));
      }
      // Two of them fill the memory.
      while (fixture.server.clients().size() > 4) {
        assertTrue(isServed(bystander));
      }
      modest.write(ends.limit(ends.capacity()));
      assertEquals(MessageStatus.OK, modest.receive().header().status());
    } finally {
      for (TestClient sender : senders) {
        sender.close();
      }
    }
  }

  @Test
  void refusesLargeCallsWhileOthersTakeTheMemory() throws Exception {
    fixture.hypervisor.shutdownWaits = new CountDownLatch(1);
    try (TestClient first = fixture.open(fixture.socket);
        TestClient second = fixture.open(fixture.socket)) {
      first.write(call(SHUTDOWN, 3 * MIB, ONE));
      second.call("connect_get_hostname");
      second.write(call(SHUTDOWN, 3 * MIB, ONE));
      Packet refused = second.receive();
      assertEquals(
          ErrorCode.NO_MEMORY.number(),
          second.answer(refused, SHUTDOWN).error().orElseThrow().code());
      assertTrue(isServed(second));
      fixture.hypervisor.shutdownWaits.countDown();
      assertEquals(MessageStatus.OK, first.receive().header().status());
      second.write(call(SHUTDOWN, 3 * MIB, ONE));
      assertEquals(MessageStatus.OK, second.receive().header().status());
    }
  }

  /** Makes a call with more bytes after its arguments, which are left alone. */
  private static ByteBuffer call(Procedure procedure, int more, Object... values)
      throws IOException {
    Header header =
        new Header(
            procedure.program().number(),
            procedure.number(),
            MessageType.CALL,
            99,
            MessageStatus.OK);
    ByteBuffer plain = Packet.encode(header, procedure.args().of(values));
    int length = plain.remaining() + more;
    return ByteBuffer.allocate(length).put(plain).putInt(0, length).rewind();
  }

  @Test
  void cutsOffWhoFetchesNothing() throws Exception {
    fixture.hypervisor.capabilities = "x".repeat(MIB);
    try (TestClient lazy = fixture.open(fixture.socket);
        TestClient bystander = fixture.open(fixture.socket)) {
      assertThrows(
          IOException.class,
          () -> {
            for (int i = 0; i < 20; i++) {
              lazy.send(CAPABILITIES, CAPABILITIES.args().of());
            }
            // Who fetches before the memory is full has done nothing wrong.
            while (fixture.server.clients().size() > 1) {
              assertTrue(isServed(bystander));
            }
            for (int i = 0; i < 20; i++) {
              lazy.receive();
            }
          });
      assertTrue(isServed(bystander));
    }
  }

  @Test
  void takesInTurnWhatOneClientSendsAtOnce() throws Exception {
    try (TestClient client = fixture.open(fixture.socket)) {
      int calls = 2000;
      ByteBuffer all = ByteBuffer.allocate(calls * (Packet.LENGTH_SIZE + Header.SIZE));
      for (int i = 1; i <= calls; i++) {
        Header header =
            new Header(
                Program.REMOTE.number(), GET_TYPE.number(), MessageType.CALL, i, MessageStatus.OK);
        all.put(Packet.encode(header, GET_TYPE.args().of()));
      }
      client.write(all.flip());
      long sum = 0;
      for (int i = 0; i < calls; i++) {
        sum += client.receive().header().serial();
      }
      assertEquals((long) calls * (calls + 1) / 2, sum);
    }
  }
}
