package org.virt.api.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A volume's content, opened to be read or written from any place; fastest from one place to the
 * next. For one thread at a time.
 */
@ConsumerType
public interface VolumeContent extends Closeable {
  /** What a content is opened for. */
  enum Access {
    /** It is read. */
    READ,
    /** It is written; what is not written stays as it was. */
    WRITE
  }

  /**
   * Reads bytes.
   *
   * @param position the first one's, from the beginning
   * @return how many, at least one; −1 at or behind the end
   */
  int read(ByteBuffer into, long position) throws IOException;

  /**
   * Writes all bytes of a buffer.
   *
   * @param position the first one's, from the beginning
   */
  void write(ByteBuffer from, long position) throws IOException;

  /**
   * Returns the file that has the very bytes, for those who can spare a copy. It is closed by
   * {@link #close} alone.
   */
  default Optional<FileChannel> file() {
    return Optional.empty();
  }

  /** Ends it. After writing, everything has arrived when this returns; else it throws. */
  @Override
  void close() throws IOException;
}
