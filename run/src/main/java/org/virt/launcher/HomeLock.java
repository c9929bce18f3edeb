package org.virt.launcher;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Keeps a home for one runtime. The kernel ends the lock with the process, however that ends, so a
 * file that was left behind locks nothing.
 */
final class HomeLock implements AutoCloseable {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private final FileChannel channel;

  private HomeLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Makes the home when it is not there and locks it.
   *
   * @throws LauncherException when another process holds it, with its number, or the folder cannot
   *     be used
   */
  static HomeLock acquire(Path home) throws LauncherException {
    Path file = home.resolve("run/virt.lock");
    try {
      ownFolder(home);
      ownFolder(file.getParent());
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (!locked(channel)) {
        String holder = Files.readString(file).strip();
        channel.close();
        throw new LauncherException(
            "the runtime of "
                + home
                + " is already running as process "
                + (holder.isEmpty() ? "?" : holder));
      }
      // A socket that a killed runtime left would look like ours once our number stands in the
      // file.
      Files.deleteIfExists(home.resolve("run/virt.sock"));
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(
              (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
      return new HomeLock(channel);
    } catch (IOException e) {
      throw new LauncherException("cannot use " + home + " as home: " + e, e);
    }
  }

  private static void ownFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** Gives the home back; the file stays, without a process number. */
  @Override
  public synchronized void close() {
    if (!channel.isOpen()) {
      return;
    }
    try (channel) {
      channel.truncate(0);
    } catch (IOException e) {
      System.err.println("virt: cannot clear the lock file: " + e);
    }
  }
}
