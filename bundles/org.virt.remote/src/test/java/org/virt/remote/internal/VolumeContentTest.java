package org.virt.remote.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.storage.StorageVolume;
import org.virt.api.storage.StorageVolumes;
import org.virt.remote.internal.session.Limits;
import org.virt.rpc.Header;
import org.virt.rpc.MessageStatus;
import org.virt.rpc.MessageType;
import org.virt.rpc.Packet;
import org.virt.rpc.Procedure;
import org.virt.rpc.Program;
import org.virt.rpc.Protocol;
import org.virt.rpc.RpcError;
import org.virt.rpc.XdrStruct;

/** Volumes are read and written by streams. */
@Timeout(60)
class VolumeContentTest {
  private static final XdrStruct VOLUME =
      Protocol.libvirt().struct("remote_nonnull_storage_vol").of("p", "v", "/p/v");

  @TempDir Path folder;
  private final byte[] content = new byte[3_000_000];
  private ServerFixture fixture;
  private TestClient client;
  private volatile boolean failing;
  private volatile byte[] uploaded;

  @BeforeEach
  void start() throws IOException {
    new Random(1).nextBytes(content);
    fixture = new ServerFixture(folder, Limits.DEFAULT);
    fixture.hypervisor.facets.put(StorageVolumes.class, new OneVolume());
    client = fixture.open(fixture.socket);
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    fixture.close();
  }

  /** The volume v of the pool p. */
  private final class OneVolume implements StorageVolumes {
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

  private int open(String name, long offset, long length) throws IOException {
    Procedure procedure = Protocol.libvirt().procedure(Program.REMOTE, name);
    int serial = client.send(procedure, procedure.args().of(VOLUME, offset, length, 0));
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

  private Packet write(int serial) throws IOException {
    Procedure upload = Protocol.libvirt().procedure(Program.REMOTE, "storage_vol_upload");
    Header header =
        new Header(
            upload.program().number(),
            upload.number(),
            MessageType.STREAM,
            serial,
            MessageStatus.CONTINUE);
    for (int at = 0; at < content.length; at += 100_000) {
      byte[] piece = Arrays.copyOfRange(content, at, Math.min(at + 100_000, content.length));
      client.write(Packet.encode(header, piece, piece.length));
    }
    Header end = header.with(MessageType.STREAM, MessageStatus.OK);
    client.write(Packet.encode(end, new byte[0], 0));
    return client.receive();
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
}
