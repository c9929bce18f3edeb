package org.virt.driver.qemu.internal.linux;

import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.file.Path;

/** What a file takes up of its file system, which the JDK does not tell (statx(2)). */
public final class FileSpace {
  private static final int AT_FDCWD = -100;
  private static final int STATX_BLOCKS = 0x400;

  /** The size of {@code struct statx}, and where its {@code stx_blocks} is. */
  private static final int SIZE = 256;

  private static final int BLOCKS = 48;
  private static final long BLOCK = 512;

  private FileSpace() {}

  /** Returns how many bytes a file takes up; fewer than it has where there are holes. */
  public static long allocated(Path file) throws IOException {
    try (Memory memory = new Memory(SIZE)) {
      if (Libc.statx(AT_FDCWD, file.toString(), 0, STATX_BLOCKS, memory) != 0) {
        throw new IOException(Libc.error());
      }
      return memory.getLong(BLOCKS) * BLOCK;
    }
  }
}
