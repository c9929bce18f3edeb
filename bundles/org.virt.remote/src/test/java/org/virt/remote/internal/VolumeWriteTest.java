package org.virt.remote.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virt.api.ErrorCode;
import org.virt.api.storage.StorageVolumes;
import org.virt.rpc.MessageStatus;
import org.virt.rpc.Packet;
import org.virt.rpc.RpcError;
import org.virt.rpc.StreamHole;

/** Volumes are written by streams. */
class VolumeWriteTest extends VolumeServedTest {
  @Test
  void writesAVolumeBeforeItSaysSo() throws IOException {
    Packet answer = write(open("storage_vol_upload", 0, content.length));
    assertEquals(MessageStatus.OK, answer.header().status());
    assertArrayEquals(content, uploaded);
  }

  @Test
  void saysWhyWritingFailed() throws IOException {
    failing = true;
    Packet answer = write(open("storage_vol_upload", 0, content.length));
    assertEquals(MessageStatus.ERROR, answer.header().status());
    assertEquals(ErrorCode.RESOURCE_BUSY.number(), RpcError.read(answer).code());
  }

  @Test
  void wantsToKnowTheLength() throws IOException {
    assertEquals(
        ErrorCode.ARGUMENT_UNSUPPORTED.number(),
        client.fails("storage_vol_upload", VOLUME, 0L, 0L, 0).code());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void writesFromAPlaceOnWithoutALength(boolean asFile) throws IOException {
    fixture.hypervisor.facets.put(StorageVolumes.class, new OpenedVolume(asFile));
    int serial = open("storage_vol_upload", 100_000, 0, 1);
    write(serial, new byte[] {1, 2, 3});
    client.write(new StreamHole(200_000).encode(stream(serial)));
    write(serial, new byte[] {4});
    client.write(new StreamHole(3_000_000).encode(stream(serial)));
    assertEquals(MessageStatus.OK, finish(serial).header().status());
    byte[] expected = Arrays.copyOf(content, 3_300_004);
    Arrays.fill(expected, 100_000, expected.length, (byte) 0);
    System.arraycopy(new byte[] {1, 2, 3}, 0, expected, 100_000, 3);
    expected[300_003] = 4;
    assertArrayEquals(expected, Files.readAllBytes(file));
  }

  @Test
  void takesNoMoreThanWasAnnounced() throws IOException {
    fixture.hypervisor.facets.put(StorageVolumes.class, new OpenedVolume(true));
    int serial = open("storage_vol_upload", 0, 4);
    write(serial, new byte[5]);
    Packet answer = client.receive();
    assertEquals(MessageStatus.ERROR, answer.header().status());
    assertTrue(RpcError.read(answer).message().contains("announced"));
    assertArrayEquals(content, Files.readAllBytes(file));
  }

  @Test
  void refusesAHoleThatIsNone() throws IOException {
    fixture.hypervisor.facets.put(StorageVolumes.class, new OpenedVolume(true));
    int serial = open("storage_vol_upload", 0, 0, 1);
    client.write(new StreamHole(-1).encode(stream(serial)));
    assertThrows(EOFException.class, () -> client.receive());
    try (TestClient other = fixture.open(fixture.socket)) {
      assertEquals("FAKE", other.call("connect_get_type").text("type"));
    }
  }
}
