package org.virt.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PacketReaderTest {
  private static final Header CALL =
      new Header(Program.REMOTE.number(), 23, MessageType.CALL, 7, MessageStatus.OK);
  private static final StructType NAME =
      Protocol.libvirt().struct("remote_domain_lookup_by_name_args");

  @Test
  void putsMessagesTogetherHoweverTheyAreCut() throws XdrException {
    ByteBuffer stream = ByteBuffer.allocate(400_000);
    List<String> sent = List.of("a", "b".repeat(150_000), "", "c".repeat(70_001));
    for (String name : sent) {
      stream.put(Packet.encode(CALL, NAME.of(name)));
    }
    stream.flip();
    Random random = new Random(5);
    PacketReader reader = new PacketReader(Packet.MAX);
    List<String> received = new ArrayList<>();
    while (stream.hasRemaining()) {
      int size = Math.min(stream.remaining(), 1 + random.nextInt(40_000));
      ByteBuffer part = stream.slice(stream.position(), size);
      stream.position(stream.position() + size);
      while (part.hasRemaining()) {
        Optional<Packet> packet = reader.next(part);
        if (packet.isPresent()) {
          assertEquals(CALL, packet.get().header());
          received.add(packet.get().read(NAME).text("name"));
        }
      }
    }
    assertEquals(sent, received);
    assertFalse(reader.isPartial());
  }

  @Test
  void refusesLengthsThatNoMessageHas() {
    for (int length : new int[] {0, 4, 27, Packet.MAX + 5, Integer.MIN_VALUE, -1}) {
      ByteBuffer bytes = ByteBuffer.allocate(8).putInt(0, length);
      assertThrows(
          XdrException.class, () -> new PacketReader(Packet.MAX).next(bytes), "length " + length);
    }
  }

  @Test
  void takesNoMoreRoomThanHasArrived() throws XdrException {
    // A thousand announcements of 32 MiB would not fit into the heap of a test.
    List<PacketReader> readers = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      PacketReader reader = new PacketReader(Packet.MAX);
      assertTrue(reader.next(ByteBuffer.allocate(8).putInt(0, Packet.MAX + 4)).isEmpty());
      readers.add(reader);
    }
    assertTrue(readers.stream().allMatch(PacketReader::isPartial));
  }

  @Test
  void refusesUnknownVersionsTypesAndStates() throws XdrException {
    for (int place : new int[] {8, 16, 24}) {
      ByteBuffer bytes = Packet.encode(CALL, NAME.of("a"));
      bytes.putInt(place, 99);
      assertThrows(XdrException.class, () -> new PacketReader(Packet.MAX).next(bytes));
    }
  }

  @Test
  void skipsTheMarksOfFileDescriptors() throws XdrException {
    Header with = CALL.with(MessageType.CALL_WITH_FDS, MessageStatus.OK);
    ByteBuffer first = Packet.encode(with, new byte[] {0, 0, 0, 2, 1, 2, 3, 4}, 8);
    ByteBuffer second = Packet.encode(CALL, NAME.of("next"));
    ByteBuffer both = ByteBuffer.allocate(first.remaining() + 2 + second.remaining());
    both.put(first).put((byte) 0).put((byte) 0).put(second).flip();
    PacketReader reader = new PacketReader(Packet.MAX);
    assertEquals(4, reader.next(both).orElseThrow().body().remaining());
    assertEquals("next", reader.next(both).orElseThrow().read(NAME).text("name"));
  }
}
