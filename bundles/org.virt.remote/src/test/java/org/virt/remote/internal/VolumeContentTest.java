package org.virt.remote.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.storage.StorageVolume;
import org.virt.api.storage.StorageVolumes;
import org.virt.api.storage.VolumeContent;
import org.virt.rpc.Header;
import org.virt.rpc.MessageStatus;
import org.virt.rpc.MessageType;
import org.virt.rpc.Packet;
import org.virt.rpc.Procedure;
import org.virt.rpc.Program;
import org.virt.rpc.Protocol;
import org.virt.rpc.RpcError;
import org.virt.rpc.StreamHole;
import org.virt.rpc.XdrStruct;

/** Volumes are read and written by streams. */
@Timeout(60)
class VolumeContentTest extends ServedTest {
  private static final XdrStruct VOLUME =
      Protocol.libvirt().struct("remote_nonnull_storage_vol").of("p", "v", "/p/v");

  private final byte[] content = new byte[3_000_000];
  private volatile boolean failing;
  private volatile byte[] uploaded;
  private Path file;

  @BeforeEach
  void fill() throws IOException {
    new Random(1).nextBytes(content);
    fixture.hypervisor.facets.put(StorageVolumes.class, new OneVolume());
    file = Files.write(folder.resolve("volume"), content);
  }

  /** The volume v of the pool p. */
  private class OneVolume implements StorageVolumes {
    @Override
    public List<StorageVolume> storageVolumes(String pool) {
      return List.of(new StorageVolume("p", "v", "/p/v", "/p/v", StorageVolume.Type.FILE, 1, 1));
    }

    @Override
    public String storageVolumeXml(String pool, String name) {
      return "<volume/>";
    }

    @Override
    public long downloadStorageVolume(String pool, String name, OutputStream to)
        throws VirtException {
      try {
        to.write(content);
      } catch (IOException e) {
        throw new VirtException(ErrorCode.WRITE_FAILED, e.toString(), e);
      }
      fail();
      return content.length;
    }

    @Override
    public void uploadStorageVolume(String pool, String name, InputStream from, long length)
        throws VirtException {
      try {
        uploaded = from.readNBytes((int) length);
      } catch (IOException e) {
        throw new VirtException(ErrorCode.READ_FAILED, e.toString(), e);
      }
      fail();
    }

    private void fail() throws VirtException {
      if (failing) {
        throw new VirtException(ErrorCode.RESOURCE_BUSY, "resource busy: v");
      }
    }
  }

  /** The same one, whose content is opened from place to place. */
  private final class OpenedVolume extends OneVolume {
    private final boolean asFile;

    OpenedVolume(boolean asFile) {
      this.asFile = asFile;
    }

    @Override
    public VolumeContent openStorageVolume(String pool, String name, VolumeContent.Access access)
        throws VirtException {
      try {
        FileChannel channel =
            FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        return asFile ? new Opened(channel, Optional.of(channel)) : new Opened(channel, none());
      } catch (IOException e) {
        throw new VirtException(ErrorCode.OPEN_FAILED, e.toString(), e);
      }
    }

    private static Optional<FileChannel> none() {
      return Optional.empty();
    }
  }

  private record Opened(FileChannel channel, Optional<FileChannel> file) implements VolumeContent {
    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      return channel.read(into, position);
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
      channel.write(from, position);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  private int open(String name, long offset, long length) throws IOException {
    return open(name, offset, length, 0);
  }

  private int open(String name, long offset, long length, int flags) throws IOException {
    Procedure procedure = Protocol.libvirt().procedure(Program.REMOTE, name);
    int serial = client.send(procedure, procedure.args().of(VOLUME, offset, length, flags));
    Packet reply = client.receive();
    assertEquals(MessageStatus.OK, reply.header().status());
    return serial;
  }

  /** Reads what a stream has; ends with the packet that says how it ended. */
  private Packet readAll(ByteArrayOutputStream into) throws IOException {
    Packet packet = client.receive();
    while (packet.header().status() == MessageStatus.CONTINUE && packet.body().hasRemaining()) {
      byte[] piece = new byte[packet.body().remaining()];
      packet.body().get(piece);
      into.writeBytes(piece);
      packet = client.receive();
    }
    return packet;
  }

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

  private static Header stream(int serial) {
    Procedure upload = Protocol.libvirt().procedure(Program.REMOTE, "storage_vol_upload");
    return new Header(
        upload.program().number(),
        upload.number(),
        MessageType.STREAM,
        serial,
        MessageStatus.CONTINUE);
  }

  private void write(int serial, byte[] bytes) throws IOException {
    for (int at = 0; at < bytes.length; at += 100_000) {
      byte[] piece = Arrays.copyOfRange(bytes, at, Math.min(at + 100_000, bytes.length));
      client.write(Packet.encode(stream(serial), piece, piece.length));
    }
  }

  private Packet finish(int serial) throws IOException {
    Header end = stream(serial).with(MessageType.STREAM, MessageStatus.OK);
    client.write(Packet.encode(end, new byte[0], 0));
    return client.receive();
  }

  private Packet write(int serial) throws IOException {
    write(serial, content);
    return finish(serial);
  }

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

  @Test
  void refusesPlacesThatAreNotThere() throws IOException {
    fixture.hypervisor.facets.put(StorageVolumes.class, new OpenedVolume(true));
    for (String verb : List.of("storage_vol_upload", "storage_vol_download")) {
      assertEquals(ErrorCode.INVALID_ARG.number(), client.fails(verb, VOLUME, -1L, 0L, 0).code());
      assertEquals(ErrorCode.INVALID_ARG.number(), client.fails(verb, VOLUME, 0L, -1L, 0).code());
    }
  }
}
