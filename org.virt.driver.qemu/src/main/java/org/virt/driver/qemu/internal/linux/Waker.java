package org.virt.driver.qemu.internal.linux;

import com.sun.jna.NativeLong;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Ends another thread's {@code poll(2)}: an eventfd(2). */
final class Waker {
  private final int file;

  Waker() throws IOException {
    file = Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.O_NONBLOCK);
    if (file < 0) {
      throw new IOException("eventfd: " + Libc.error());
    }
  }

  int file() {
    return file;
  }

  /** Lets every poll of {@link #file()} return until {@link #reset()}. */
  void wake() {
    // It fails only when it is awake already: the counter is full.
    Libc.write(file, number(1), new NativeLong(Long.BYTES));
  }

  void reset() {
    Libc.read(file, number(0), new NativeLong(Long.BYTES));
  }

  void close() {
    Libc.close(file);
  }

  private static ByteBuffer number(long value) {
    return ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(0, value);
  }
}
