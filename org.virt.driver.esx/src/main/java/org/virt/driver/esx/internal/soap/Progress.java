package org.virt.driver.esx.internal.soap;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;

/** Tells a transfer that the other side lets stand still from one that our side holds up. */
final class Progress {
  private final AtomicLong steps = new AtomicLong();
  private volatile boolean ours;

  /** Says that our side reads or writes, for as long as it takes. */
  void begin() {
    ours = true;
  }

  /** Says that it is the other side's turn. */
  void end() {
    steps.incrementAndGet();
    ours = false;
  }

  /** Returns how often it has gone on. */
  long steps() {
    return steps.get();
  }

  /** Says whether the other side has let it stand since then. */
  boolean isStuckSince(long before) {
    return !ours && steps.get() == before;
  }

  /** Returns a stream of our side, whose reads may take as long as they do. */
  InputStream watching(InputStream from) {
    return new FilterInputStream(from) {
      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        begin();
        try {
          return super.read(buffer, offset, length);
        } finally {
          end();
        }
      }
    };
  }
}
