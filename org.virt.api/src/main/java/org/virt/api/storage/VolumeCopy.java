package org.virt.api.storage;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/** Copies all of a content that is opened from place to place. */
final class VolumeCopy {
  private static final int PIECE = 256 * 1024;

  private VolumeCopy() {}

  /** Reads to the end; returns how many bytes. */
  static long toStream(VolumeContent content, OutputStream to) throws IOException {
    WritableByteChannel out = Channels.newChannel(to);
    ByteBuffer piece = ByteBuffer.allocate(PIECE);
    long position = 0;
    while (content.read(piece.clear(), position) >= 0) {
      position += piece.flip().remaining();
      out.write(piece);
    }
    return position;
  }

  /** Writes so many bytes from the beginning. */
  static void fromStream(InputStream from, long length, VolumeContent content) throws IOException {
    ReadableByteChannel in = Channels.newChannel(from);
    ByteBuffer piece = ByteBuffer.allocate(PIECE);
    for (long position = 0; position < length; ) {
      piece.clear().limit((int) Math.min(PIECE, length - position));
      if (in.read(piece) < 0) {
        throw new EOFException("%d bytes are missing".formatted(length - position));
      }
      int count = piece.flip().remaining();
      content.write(piece, position);
      position += count;
    }
  }

  /** Says that a copy failed, in the driver's words if it has some. */
  static VirtException failed(String action, String name, IOException e) {
    return e.getCause() instanceof VirtException known
        ? known
        : new VirtException(
            ErrorCode.OPERATION_FAILED,
            "%s volume %s: %s".formatted(action, name, e.getMessage()),
            e);
  }
}
