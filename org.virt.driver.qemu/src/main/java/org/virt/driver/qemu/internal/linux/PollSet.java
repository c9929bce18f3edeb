package org.virt.driver.qemu.internal.linux;

import com.sun.jna.NativeLong;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The argument of one {@code poll(2)}. For one thread. */
final class PollSet {
  private static final int ENTRY = 8;
  private static final int WANTED = 4;
  private static final int FOUND = 6;

  private final ByteBuffer entries;
  private int count;

  PollSet(int capacity) {
    entries = ByteBuffer.allocateDirect(capacity * ENTRY).order(ByteOrder.nativeOrder());
  }

  /** Adds a file and returns its index. */
  int add(int file, short events) {
    int at = count * ENTRY;
    entries.putInt(at, file).putShort(at + WANTED, events).putShort(at + FOUND, (short) 0);
    return count++;
  }

  /** Waits for any of the files, or for so many milliseconds; -1 waits for ever. */
  void poll(int milliseconds) throws IOException {
    while (Libc.poll(entries, new NativeLong(count), milliseconds) < 0) {
      if (Libc.errno() != Libc.EINTR) {
        throw new IOException("poll: " + Libc.error());
      }
    }
  }

  /** Says whether any of the events happened to a file. */
  boolean has(int index, int events) {
    return (entries.getShort(index * ENTRY + FOUND) & events) != 0;
  }
}
