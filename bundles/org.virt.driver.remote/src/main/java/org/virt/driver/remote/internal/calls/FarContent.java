package org.virt.driver.remote.internal.calls;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.virt.api.VirtException;
import org.virt.api.storage.VolumeContent;
import org.virt.driver.remote.internal.link.LinkStream;
import org.virt.rpc.XdrStruct;

/**
 * The content of a volume of the other end, over a connection of its own. A stream carries it from
 * one place to the next; another place takes another stream.
 */
final class FarContent implements VolumeContent {
  private static final long TO_THE_END = 0;
  private static final int NO_FLAGS = 0;

  private final Far far;
  private final Far own;
  private final XdrStruct volume;
  private final Access access;
  private LinkStream stream;
  private long next;

  /** Opens it at its beginning. */
  FarContent(Far far, XdrStruct volume, Access access) throws VirtException {
    this.far = far;
    this.volume = volume;
    this.access = access;
    own = far.separate();
    try {
      open(0);
    } catch (VirtException | RuntimeException e) {
      own.close();
      throw e;
    }
  }

  private void open(long position) throws VirtException {
    stream = LinkStream.patient(far.limit());
    next = position;
    String procedure = access == Access.READ ? "storage_vol_download" : "storage_vol_upload";
    own.open(stream, procedure, volume, position, TO_THE_END, NO_FLAGS);
  }

  @Override
  public int read(ByteBuffer into, long position) throws IOException {
    seek(Access.READ, position);
    int count = stream.read(into);
    next += Math.max(0, count);
    return count;
  }

  @Override
  public void write(ByteBuffer from, long position) throws IOException {
    seek(Access.WRITE, position);
    next += from.remaining();
    stream.write(from);
  }

  private void seek(Access wanted, long position) throws IOException {
    if (wanted != access) {
      throw new IOException("the volume is open to " + access + " only");
    }
    if (position != next) {
      end();
      try {
        open(position);
      } catch (VirtException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
  }

  private void end() throws IOException {
    if (access == Access.WRITE) {
      stream.finish(far.limit());
    } else {
      stream.close();
    }
  }

  @Override
  public void close() throws IOException {
    try {
      end();
    } finally {
      own.close();
    }
  }
}
