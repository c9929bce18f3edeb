package org.virt.remote.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
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
import org.virt.rpc.XdrStruct;

/** A server of one volume, and the streams by which its content comes and goes. */
@Timeout(60)
abstract class VolumeServedTest extends ServedTest {
  static final XdrStruct VOLUME =
      Protocol.libvirt().struct("remote_nonnull_storage_vol").of("p", "v", "/p/v");

  final byte[] content = new byte[3_000_000];
  volatile boolean failing;
  volatile byte[] uploaded;
  Path file;

  @BeforeEach
  void fill() throws IOException {
    new Random(1).nextBytes(content);
    fixture.hypervisor.facets.put(StorageVolumes.class, new OneVolume());
    file = Files.write(folder.resolve("volume"), content);
  }

  /** The volume v of the pool p. */
  class OneVolume implements StorageVolumes {
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
  final class OpenedVolume extends OneVolume {
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

  int open(String name, long offset, long length) throws IOException {
    return open(name, offset, length, 0);
  }

  int open(String name, long offset, long length, int flags) throws IOException {
    Procedure procedure = Protocol.libvirt().procedure(Program.REMOTE, name);
    int serial = client.send(procedure, procedure.args().of(VOLUME, offset, length, flags));
    Packet reply = client.receive();
    assertEquals(MessageStatus.OK, reply.header().status());
    return serial;
  }

  /** Reads what a stream has; ends with the packet that says how it ended. */
  Packet readAll(ByteArrayOutputStream into) throws IOException {
    Packet packet = client.receive();
    while (packet.header().status() == MessageStatus.CONTINUE && packet.body().hasRemaining()) {
      byte[] piece = new byte[packet.body().remaining()];
      packet.body().get(piece);
      into.writeBytes(piece);
      packet = client.receive();
    }
    return packet;
  }

  static Header stream(int serial) {
    Procedure upload = Protocol.libvirt().procedure(Program.REMOTE, "storage_vol_upload");
    return new Header(
        upload.program().number(),
        upload.number(),
        MessageType.STREAM,
        serial,
        MessageStatus.CONTINUE);
  }

  void write(int serial, byte[] bytes) throws IOException {
    for (int at = 0; at < bytes.length; at += 100_000) {
      byte[] piece = Arrays.copyOfRange(bytes, at, Math.min(at + 100_000, bytes.length));
      client.write(Packet.encode(stream(serial), piece, piece.length));
    }
  }

  Packet finish(int serial) throws IOException {
    Header end = stream(serial).with(MessageType.STREAM, MessageStatus.OK);
    client.write(Packet.encode(end, new byte[0], 0));
    return client.receive();
  }

  Packet write(int serial) throws IOException {
    write(serial, content);
    return finish(serial);
  }
}
