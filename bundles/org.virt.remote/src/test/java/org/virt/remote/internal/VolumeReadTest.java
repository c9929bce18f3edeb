package org.virt.remote.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virt.api.ErrorCode;
import org.virt.api.storage.StorageVolumes;
import org.virt.rpc.MessageStatus;
import org.virt.rpc.MessageType;
import org.virt.rpc.Packet;
import org.virt.rpc.Procedure;
import org.virt.rpc.Program;
import org.virt.rpc.Protocol;
import org.virt.rpc.RpcError;
import org.virt.rpc.StreamHole;

/** Volumes are read by streams. */
class VolumeReadTest extends VolumeServedTest {
  @Test
  void readsAVolume() throws IOException {
    open("storage_vol_download", 0, 0);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    assertEquals(MessageStatus.CONTINUE, readAll(all).header().status());
    assertArrayEquals(content, all.toByteArray());
  }

  @Test
  void readsAPartOfAVolume() throws IOException {
    open("storage_vol_download", 1000, 50_000);
    ByteArrayOutputStream some = new ByteArrayOutputStream();
    readAll(some);
    assertArrayEquals(Arrays.copyOfRange(content, 1000, 51_000), some.toByteArray());
  }

  @Test
  void saysWhyReadingEnded() throws IOException {
    failing = true;
    open("storage_vol_download", 0, 0);
    Packet last = readAll(new ByteArrayOutputStream());
    assertEquals(MessageStatus.ERROR, last.header().status());
    assertEquals(ErrorCode.RESOURCE_BUSY.number(), RpcError.read(last).code());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void readsFromPlaceToPlace(boolean asFile) throws IOException {
    fixture.hypervisor.facets.put(StorageVolumes.class, new OpenedVolume(asFile));
    open("storage_vol_download", 0, 0);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    readAll(all);
    assertArrayEquals(content, all.toByteArray());
    open("storage_vol_download", 1000, 300_000);
    ByteArrayOutputStream some = new ByteArrayOutputStream();
    readAll(some);
    assertArrayEquals(Arrays.copyOfRange(content, 1000, 301_000), some.toByteArray());
    open("storage_vol_download", content.length + 1L, 0);
    ByteArrayOutputStream none = new ByteArrayOutputStream();
    readAll(none);
    assertEquals(0, none.size());
  }

  /** A part of a page goes by itself: no packet but the last may end with one. */
  @Test
  void endsPacketsWhereThePagesOfAFileEnd() throws IOException {
    fixture.hypervisor.facets.put(StorageVolumes.class, new OpenedVolume(true));
    open("storage_vol_download", 1000, 600_000);
    long position = 1000;
    for (int size = next(); size > 0; size = next()) {
      position += size;
      assertTrue(position % 4096 == 0 || position == 601_000, "a packet ends at " + position);
    }
    assertEquals(601_000, position);
  }

  private int next() throws IOException {
    return client.receive().body().remaining();
  }

  @Test
  void answersWhileAFileIsNotFetched() throws IOException {
    fixture.hypervisor.facets.put(StorageVolumes.class, new OpenedVolume(true));
    open("storage_vol_download", 0, 0);
    Procedure type = Protocol.libvirt().procedure(Program.REMOTE, "connect_get_type");
    int call = client.send(type, type.args().of());
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    boolean answered = false;
    for (boolean more = true; more || !answered; ) {
      Packet packet = client.receive();
      if (packet.header().serial() == call) {
        answered = true;
      } else {
        more = packet.body().hasRemaining();
        byte[] piece = new byte[packet.body().remaining()];
        packet.body().get(piece);
        all.writeBytes(piece);
      }
    }
    assertArrayEquals(content, all.toByteArray());
  }

  @Test
  void tellsOfZerosInsteadOfSendingThem() throws IOException {
    fixture.hypervisor.facets.put(StorageVolumes.class, new OpenedVolume(true));
    Arrays.fill(content, 0, 1_000_000, (byte) 0);
    Arrays.fill(content, 2_000_000, content.length, (byte) 0);
    Files.write(file, content);
    open("storage_vol_download", 0, 0, 1);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    List<Long> holes = new ArrayList<>();
    for (boolean more = true; more; ) {
      Packet packet = client.receive();
      if (packet.header().type() == MessageType.STREAM_HOLE) {
        holes.add(StreamHole.read(packet).length());
        all.writeBytes(new byte[(int) StreamHole.read(packet).length()]);
      } else {
        byte[] piece = new byte[packet.body().remaining()];
        packet.body().get(piece);
        all.writeBytes(piece);
        more = piece.length > 0;
      }
    }
    assertArrayEquals(content, all.toByteArray());
    assertEquals(2, holes.size());
    assertTrue(holes.get(0) > 900_000 && holes.get(1) > 900_000, holes.toString());
  }

  @Test
  void refusesPlacesThatAreNotThere() throws IOException {
    fixture.hypervisor.facets.put(StorageVolumes.class, new OpenedVolume(true));
    for (String verb : List.of("storage_vol_upload", "storage_vol_download")) {
      assertEquals(ErrorCode.INVALID_ARG.number(), client.fails(verb, VOLUME, -1L, 0L, 0).code());
      assertEquals(ErrorCode.INVALID_ARG.number(), client.fails(verb, VOLUME, 0L, -1L, 0).code());
    }
  }
}
