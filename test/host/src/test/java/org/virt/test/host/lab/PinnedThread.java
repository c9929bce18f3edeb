package org.virt.test.host.lab;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Keeps this thread on one processor until it is closed. */
final class PinnedThread implements AutoCloseable {
  private static final int MASK_BYTES = 128;

  private final ByteBuffer before;

  private PinnedThread(ByteBuffer before) {
    this.before = before;
  }

  static PinnedThread pin() throws IOException {
    ByteBuffer before = ByteBuffer.allocateDirect(MASK_BYTES);
    Native.check(Native.sched_getaffinity(0, MASK_BYTES, before), "read processors");
    ByteBuffer first = ByteBuffer.allocateDirect(MASK_BYTES);
    for (int i = 0; i < MASK_BYTES; i++) {
      if (before.get(i) != 0) {
        first.put(i, (byte) Integer.lowestOneBit(before.get(i) & 0xff));
        break;
      }
    }
    Native.check(Native.sched_setaffinity(0, MASK_BYTES, first), "choose a processor");
    return new PinnedThread(before);
  }

  @Override
  public void close() throws IOException {
    Native.check(Native.sched_setaffinity(0, MASK_BYTES, before), "choose processors");
  }
}
