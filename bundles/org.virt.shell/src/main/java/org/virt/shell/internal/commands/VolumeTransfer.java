package org.virt.shell.internal.commands;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.storage.StorageVolumes;
import org.virt.api.storage.VolumeContent;
import org.virt.api.storage.VolumeContent.Access;

/**
 * Copies between a volume and a file.
 *
 * @param offset where in the volume it begins
 * @param length how many bytes at most; 0 for all
 */
record VolumeTransfer(
    StorageVolumes volumes, String pool, String volume, long offset, long length) {
  private static final int PIECE = 256 * 1024;
  private static final ByteBuffer ZEROS = ByteBuffer.allocate(PIECE).asReadOnlyBuffer();

  /** What becomes of zeros. */
  enum Zeros {
    /** They are written. */
    WRITTEN,
    /** They are left out: the file system has them for nothing. */
    LEFT_OUT
  }

  /** Reads the volume. */
  void download(FileChannel file, Zeros zeros) throws VirtException, IOException {
    Optional<VolumeContent> opened = open(Access.READ);
    if (opened.isEmpty()) {
      requireAll();
      volumes.downloadStorageVolume(pool, volume, Channels.newOutputStream(file));
      return;
    }
    try (VolumeContent content = opened.get()) {
      ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
      long done = 0;
      while (content.read(limited(piece, done), offset + done) > 0) {
        done += piece.flip().remaining();
        if (zeros == Zeros.LEFT_OUT && piece.equals(ZEROS.slice(0, piece.remaining()))) {
          file.position(done);
        } else {
          writeAll(piece, file);
        }
      }
      if (file.size() < done) {
        file.write(ByteBuffer.allocate(1), done - 1);
      }
    } catch (IOException e) {
      throw known(e);
    }
  }

  /** Writes the volume. */
  void upload(FileChannel file) throws VirtException, IOException {
    Optional<VolumeContent> opened = open(Access.WRITE);
    if (opened.isEmpty()) {
      requireAll();
      volumes.uploadStorageVolume(pool, volume, Channels.newInputStream(file), file.size());
      return;
    }
    try (VolumeContent content = opened.get()) {
      ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
      long done = 0;
      while (file.read(limited(piece, done)) > 0) {
        int count = piece.flip().remaining();
        content.write(piece, offset + done);
        done += count;
      }
    } catch (IOException e) {
      throw known(e);
    }
  }

  private ByteBuffer limited(ByteBuffer piece, long done) {
    long left = length == 0 ? PIECE : length - done;
    return piece.clear().limit((int) Math.min(PIECE, left));
  }

  private static void writeAll(ByteBuffer bytes, FileChannel file) throws IOException {
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
  }

  private Optional<VolumeContent> open(Access access) throws VirtException {
    try {
      return Optional.of(volumes.openStorageVolume(pool, volume, access));
    } catch (VirtException e) {
      if (e.code() == ErrorCode.NO_SUPPORT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private void requireAll() throws VirtException {
    if (offset != 0 || length != 0) {
      throw new VirtException(
          ErrorCode.ARGUMENT_UNSUPPORTED,
          "copy volume " + volume + ": its driver can copy all of it only");
    }
  }

  private static IOException known(IOException e) throws VirtException {
    if (e.getCause() instanceof VirtException cause) {
      throw cause;
    }
    return e;
  }
}
