package org.virt.driver.remote.internal.calls;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.virt.api.VirtException;
import org.virt.api.storage.VolumeContent;
import org.virt.driver.remote.internal.link.LinkStream;
import org.virt.rpc.XdrStruct;

/**
 * The content of a volume of the other end, to be written, over a connection of its own: one that
 * is not read in time would hold up all else. A stream carries it from one place to the next;
 * another place takes another stream.
 */
final class FarTarget implements VolumeContent {
  private static final long TO_THE_END = 0;
  private static final int NO_FLAGS = 0;

  /** Nothing comes but the end. */
  private static final long NO_BYTES = 0;

  private final Far far;
  private final Far own;
  private final XdrStruct volume;
  private LinkStream stream;
  private long next;

  /** Opens it at its beginning. */
  FarTarget(Far far, XdrStruct volume) throws VirtException {
    this.far = far;
    this.volume = volume;
    own = far.separate();
    try {
      open(0);
    } catch (VirtException | RuntimeException e) {
      own.close();
      throw e;
    }
  }

  private void open(long position) throws VirtException {
    stream = new LinkStream(NO_BYTES);
    next = position;
    own.open(stream, "storage_vol_upload", volume, position, TO_THE_END, NO_FLAGS);
  }

  @Override
  public int read(ByteBuffer into, long position) throws IOException {
    throw new IOException("the volume is open to WRITE only");
  }

  @Override
  public void write(ByteBuffer from, long position) throws IOException {
    if (position != next) {
      stream.finish(far.limit());
      try {
        open(position);
      } catch (VirtException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
    next += from.remaining();
    stream.write(from);
  }

  @Override
  public void close() throws IOException {
    try {
      stream.finish(far.limit());
    } finally {
      own.close();
    }
  }
}
