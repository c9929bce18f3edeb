package org.virt.driver.test.internal;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.virt.api.storage.VolumeContent;

/**
 * What is in a volume: zeros, until somebody writes. Then a file without a name has it, which takes
 * as much of the disk as was written and is gone with the runtime or when nobody knows the volume.
 */
final class TestBytes {
  private final long capacity;
  private FileChannel file;

  TestBytes(long capacity) {
    this.capacity = capacity;
  }

  /** Opens it; closing has no effect on others who have it open. */
  VolumeContent open() throws IOException {
    FileChannel opened = file();
    return new VolumeContent() {
      @Override
      public int read(ByteBuffer into, long position) throws IOException {
        return opened.read(into, position);
      }

      @Override
      public void write(ByteBuffer from, long position) throws IOException {
        if (from.remaining() > capacity - position) {
          throw new EOFException("the volume has %d bytes only".formatted(capacity));
        }
        long at = position;
        while (from.hasRemaining()) {
          at += opened.write(from, at);
        }
      }

      @Override
      public Optional<FileChannel> file() {
        return Optional.of(opened);
      }

      @Override
      public void close() {
        // The file lives as long as the volume.
      }
    };
  }

  /** Takes what another one has, as far as it goes in. */
  void copy(TestBytes other) throws IOException {
    FileChannel from = other.written().orElse(null);
    if (from == null) {
      return;
    }
    FileChannel to = file();
    long end = Math.min(capacity, from.size());
    for (long at = 0; at < end; ) {
      at += from.transferTo(at, end - at, to.position(at));
    }
  }

  private synchronized Optional<FileChannel> written() {
    return Optional.ofNullable(file);
  }

  @SuppressWarnings("resource") // closed with the volume, by whoever has it last
  private synchronized FileChannel file() throws IOException {
    if (file == null) {
      Path name = Files.createTempFile("virt-test-volume", null);
      RandomAccessFile made = new RandomAccessFile(name.toFile(), "rw");
      Files.delete(name);
      made.setLength(capacity);
      file = made.getChannel();
    }
    return file;
  }
}
