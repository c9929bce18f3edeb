package org.virt.driver.remote.internal.calls;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.virt.api.VirtException;
import org.virt.api.storage.VolumeContent;
import org.virt.driver.remote.internal.link.Intake;
import org.virt.rpc.Procedure;
import org.virt.rpc.Program;
import org.virt.rpc.Protocol;
import org.virt.rpc.XdrStruct;

/**
 * The content of a volume of the other end, to be read. A stream carries it from one place to the
 * next; another place takes another stream.
 */
final class FarSource implements VolumeContent {
  private static final Procedure DOWNLOAD =
      Protocol.libvirt().procedure(Program.REMOTE, "storage_vol_download");
  private static final long TO_THE_END = 0;
  private static final int NO_FLAGS = 0;

  private final Intake intake;
  private final XdrStruct volume;
  private long next;

  /** Opens it at its beginning. */
  FarSource(Far far, XdrStruct volume) throws VirtException {
    this.volume = volume;
    intake = far.intake();
    try {
      open(0);
    } catch (VirtException | RuntimeException e) {
      intake.close();
      throw e;
    }
  }

  private void open(long position) throws VirtException {
    next = position;
    intake.begin(DOWNLOAD, DOWNLOAD.args().of(volume, position, TO_THE_END, NO_FLAGS));
  }

  @Override
  public int read(ByteBuffer into, long position) throws IOException {
    if (position != next) {
      try {
        open(position);
      } catch (VirtException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
    int count = intake.read(into);
    next += Math.max(0, count);
    return count;
  }

  @Override
  public void write(ByteBuffer from, long position) throws IOException {
    throw new IOException("the volume is open to READ only");
  }

  @Override
  public void close() {
    intake.close();
  }
}
