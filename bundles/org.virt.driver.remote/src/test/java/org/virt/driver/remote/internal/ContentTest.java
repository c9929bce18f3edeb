package org.virt.driver.remote.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.storage.StorageVolumes;
import org.virt.api.storage.VolumeContent;
import org.virt.api.storage.VolumeContent.Access;
import org.virt.driver.remote.internal.FakePeer.Client;
import org.virt.rpc.Header;
import org.virt.rpc.MessageStatus;
import org.virt.rpc.MessageType;
import org.virt.rpc.Packet;
import org.virt.rpc.Procedure;
import org.virt.rpc.Program;
import org.virt.rpc.Protocol;
import org.virt.rpc.StreamHole;

/** The content of volumes, read and written over connections of their own. */
@Timeout(60)
class ContentTest extends PeerTest {
  private static final Procedure DOWNLOAD =
      Protocol.libvirt().procedure(Program.REMOTE, "storage_vol_download");
  private static final String UPLOAD = "storage_vol_upload";
  private static final int PIECE = 65_536;

  private final byte[] content = new byte[700_001];

  @BeforeEach
  void fill() {
    new Random(3).nextBytes(content);
  }

  @Test
  void readsToTheEndHoweverThePacketsAreCut() throws Exception {
    peer.on(DOWNLOAD.name(), this::sendAll);
    try (VolumeContent opened = open(Access.READ)) {
      ByteBuffer direct = ByteBuffer.allocateDirect(content.length + 5);
      direct.limit(3);
      while (opened.read(direct, direct.position()) >= 0) {
        direct.limit(Math.min(direct.capacity(), direct.position() + 50_000));
      }
      byte[] read = new byte[direct.flip().remaining()];
      direct.get(read);
      assertArrayEquals(content, read);
      assertEquals(-1, opened.read(ByteBuffer.allocate(1), content.length));
      assertEquals(MessageStatus.OK, peer.others.get(0).header().status());
      assertThrows(IOException.class, () -> opened.write(ByteBuffer.allocate(1), 0));
    }
    assertEquals(2, peer.connections());
  }

  @Test
  void readsFromAnotherPlaceByAnotherStream() throws Exception {
    peer.on(DOWNLOAD.name(), this::sendAll);
    try (VolumeContent opened = open(Access.READ)) {
      for (int place : new int[] {600_000, 10, 0, 11}) {
        ByteBuffer some = ByteBuffer.allocate(1);
        assertEquals(1, opened.read(some, place));
        assertEquals(content[place], some.get(0));
      }
      assertEquals(MessageStatus.ERROR, peer.others.get(0).header().status());
    }
    assertEquals(2, peer.connections());
  }

  @Test
  void failsWithTheOtherEndsErrorInTheMiddleAndAtTheEnd() throws Exception {
    for (byte[] last : List.of(new byte[0], new byte[] {1, 2, 3})) {
      peer.on(
          DOWNLOAD.name(),
          (client, call, packet) -> {
            client.zeros(call);
            client.stream(call, MessageStatus.CONTINUE, last);
            client.error(call, MessageType.STREAM, 38, "cannot read: input/output error");
          });
      try (VolumeContent opened = open(Access.READ)) {
        IOException e = assertThrows(IOException.class, () -> readAll(opened));
        assertEquals("cannot read: input/output error", e.getMessage());
        assertEquals(ErrorCode.SYSTEM_ERROR, ((VirtException) e.getCause()).code());
      }
    }
    peer.on(
        DOWNLOAD.name(), (client, call, packet) -> client.error(call, 50, "no storage vol 'v'"));
    assertEquals("no storage vol 'v'", fails(ErrorCode.NO_STORAGE_VOL, () -> open(Access.READ)));
  }

  @Test
  void failsWhenTheOtherEndDoesWhatItMustNot() throws Exception {
    Protocol libvirt = Protocol.libvirt();
    byte[] nothing = {};
    List<FakePeer.Behaviour> faults =
        List.of(
            (client, call, packet) -> client.write(new StreamHole(7).encode(stream(call))),
            (client, call, packet) -> client.write(ByteBuffer.allocate(28).putInt(0, -1)),
            (client, call, packet) -> client.write(ByteBuffer.allocate(28).putInt(0, 28)),
            (client, call, packet) -> client.cut());
    for (FakePeer.Behaviour fault : faults) {
      peer.on(
          DOWNLOAD.name(),
          (client, call, packet) -> {
            client.zeros(call);
            client.stream(call, MessageStatus.CONTINUE, new byte[9]);
            // What is about another call is of no interest.
            client.stream(other(call), MessageStatus.CONTINUE, new byte[9]);
            client.event(libvirt.procedure(Program.KEEPALIVE, "ping"));
            client.write(Packet.encode(other(call), nothing, 0));
            fault.answer(client, call, packet);
          });
      try (VolumeContent opened = open(Access.READ)) {
        assertEquals(9, opened.read(ByteBuffer.allocate(20), 0));
        assertThrows(IOException.class, () -> opened.read(ByteBuffer.allocate(20), 9));
      }
    }
  }

  @Test
  void isDoneAsSoonAsItsThreadIsInterrupted() throws Exception {
    AtomicReference<Header> opener = new AtomicReference<>();
    peer.on(
        DOWNLOAD.name(),
        (client, call, packet) -> {
          client.zeros(call);
          opener.set(call);
        });
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread reader =
        new Thread(
            () -> {
              try (VolumeContent opened = open(Access.READ)) {
                readAll(opened);
              } catch (IOException | VirtException e) {
                thrown.set(e);
              }
            });
    reader.start();
    until("it is open", () -> opener.get() != null);
    reader.interrupt();
    reader.join();
    assertTrue(thrown.get() != null);
  }

  @Test
  void writesInOrderAndElsewhereByAnotherStream() throws Exception {
    List<Long> places = new CopyOnWriteArrayList<>();
    peer.on(
        UPLOAD,
        (client, call, packet) -> {
          Procedure procedure = Protocol.libvirt().procedure(Program.REMOTE, UPLOAD);
          places.add(packet.read(procedure.args()).wide("offset"));
          client.zeros(call);
        });
    try (VolumeContent opened = open(Access.WRITE)) {
      opened.write(ByteBuffer.wrap(content), 0);
      opened.write(ByteBuffer.wrap("end".getBytes(UTF_8)), content.length);
      opened.write(ByteBuffer.wrap("begin".getBytes(UTF_8)), 5);
      assertThrows(IOException.class, () -> opened.read(ByteBuffer.allocate(1), 0));
    }
    assertEquals(List.of(0L, 5L), places);
    int bytes = peer.others.stream().mapToInt(packet -> packet.body().remaining()).sum();
    assertEquals(content.length + 8, bytes);
    long ends = peer.others.stream().filter(p -> p.header().status() == MessageStatus.OK).count();
    assertEquals(2, ends);
  }

  private VolumeContent open(Access access) throws VirtException {
    StorageVolumes volumes = open().facet(StorageVolumes.class).orElseThrow();
    return volumes.openStorageVolume("pool", "v", access);
  }

  private void sendAll(Client client, Header call, Packet packet) throws IOException {
    int from = (int) packet.read(DOWNLOAD.args()).wide("offset");
    client.zeros(call);
    for (int at = from; at < content.length; at += PIECE) {
      byte[] piece = Arrays.copyOfRange(content, at, Math.min(content.length, at + PIECE));
      client.stream(call, MessageStatus.CONTINUE, piece);
    }
    client.stream(call, MessageStatus.CONTINUE, new byte[0]);
  }

  private static void readAll(VolumeContent opened) throws IOException {
    ByteBuffer some = ByteBuffer.allocate(PIECE);
    int count = 0;
    for (long at = 0; count >= 0; at += count) {
      count = opened.read(some.clear(), at);
    }
  }

  private static Header stream(Header call) {
    return call.with(MessageType.STREAM, MessageStatus.CONTINUE);
  }

  private static Header other(Header call) {
    return new Header(
        call.program(), call.procedure(), MessageType.STREAM, call.serial() + 1, MessageStatus.OK);
  }
}
