package org.virt.shell.internal.commands;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.storage.StorageVolume;
import org.virt.api.storage.StorageVolumes;
import org.virt.api.storage.VolumeContent;
import org.virt.shell.internal.commands.VolumeTransfer.Zeros;

class VolumeTransferTest {
  @TempDir Path folder;
  private final byte[] content = new byte[1_000_000];
  private Path file;

  @BeforeEach
  void fill() {
    Arrays.fill(content, 600_000, 700_000, (byte) 7);
    file = folder.resolve("file");
  }

  /** A volume that is opened from place to place. */
  private class Opened implements StorageVolumes {
    @Override
    public List<StorageVolume> storageVolumes(String pool) {
      return List.of();
    }

    @Override
    public String storageVolumeXml(String pool, String name) {
      return "<volume/>";
    }

    @Override
    public VolumeContent openStorageVolume(String pool, String name, VolumeContent.Access access)
        throws VirtException {
      return new VolumeContent() {
        @Override
        public int read(ByteBuffer into, long position) {
          int count = (int) Math.min(into.remaining(), content.length - position);
          if (count > 0) {
            into.put(content, (int) position, count);
          }
          return count > 0 ? count : -1;
        }

        @Override
        public void write(ByteBuffer from, long position) {
          from.get(content, (int) position, from.remaining());
        }

        @Override
        public void close() {
          // It is in memory.
        }
      };
    }
  }

  /** A volume that is read from its beginning to its end only. */
  private final class Whole extends Opened {
    @Override
    public VolumeContent openStorageVolume(String pool, String name, VolumeContent.Access access)
        throws VirtException {
      throw StorageVolumes.unsupported("open");
    }

    @Override
    public long downloadStorageVolume(String pool, String name, OutputStream to)
        throws VirtException {
      try {
        to.write(content);
      } catch (IOException e) {
        throw new VirtException(ErrorCode.WRITE_FAILED, e.toString(), e);
      }
      return content.length;
    }
  }

  private void download(VolumeTransfer transfer, Zeros zeros) throws Exception {
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      transfer.download(out, zeros);
    }
  }

  private VolumeTransfer transfer(StorageVolumes volumes, long offset, long length) {
    return new VolumeTransfer(volumes, "p", "v", offset, length);
  }

  @Test
  void readsAll() throws Exception {
    download(transfer(new Opened(), 0, 0), Zeros.WRITTEN);
    assertArrayEquals(content, Files.readAllBytes(file));
  }

  @Test
  void readsAPart() throws Exception {
    download(transfer(new Opened(), 599_999, 300_000), Zeros.WRITTEN);
    assertArrayEquals(Arrays.copyOfRange(content, 599_999, 899_999), Files.readAllBytes(file));
  }

  @Test
  void leavesZerosOutButKeepsTheLength() throws Exception {
    download(transfer(new Opened(), 0, 0), Zeros.LEFT_OUT);
    assertArrayEquals(content, Files.readAllBytes(file));
  }

  @Test
  void readsAWholeOneThatIsNotOpened() throws Exception {
    download(transfer(new Whole(), 0, 0), Zeros.WRITTEN);
    assertArrayEquals(content, Files.readAllBytes(file));
  }

  @Test
  void refusesAPartOfOneThatIsNotOpened() {
    VirtException e =
        assertThrows(
            VirtException.class, () -> download(transfer(new Whole(), 1, 0), Zeros.WRITTEN));
    assertEquals(ErrorCode.ARGUMENT_UNSUPPORTED, e.code());
  }

  @Test
  void writesAPart() throws Exception {
    Files.write(file, new byte[] {1, 2, 3, 4});
    try (FileChannel in = FileChannel.open(file)) {
      transfer(new Opened(), 10, 3).upload(in);
    }
    assertArrayEquals(new byte[] {0, 1, 2, 3, 0}, Arrays.copyOfRange(content, 9, 14));
  }
}
