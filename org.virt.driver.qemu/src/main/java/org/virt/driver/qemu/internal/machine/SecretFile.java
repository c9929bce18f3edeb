package org.virt.driver.qemu.internal.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.device.Secrets;

/**
 * A file with a secret, which QEMU reads when it makes the object of it, and which is deleted then.
 * It is in a folder of the user who runs QEMU: nothing there is followed.
 */
final class SecretFile {
  private SecretFile() {}

  /** Writes one that nobody but the owner of its folder can read. */
  static void write(Path file, byte[] value) throws VirtException {
    try {
      Files.deleteIfExists(file);
      try (SeekableByteChannel channel =
          Files.newByteChannel(
              file,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
        ByteBuffer bytes = ByteBuffer.wrap(value);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      }
      Object owner = Files.getAttribute(file.getParent(), "unix:uid");
      Files.setAttribute(file, "unix:uid", owner, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.SYSTEM_ERROR, "write secret " + file + ": " + e.getMessage(), e);
    }
  }

  /** Deletes all of a folder: QEMU has read them, or never will. */
  static void deleteAll(Path folder) throws VirtException {
    try {
      List<Path> files;
      try (var all = Files.list(folder)) {
        files = all.filter(file -> Secrets.isName(file.getFileName().toString())).toList();
      }
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.SYSTEM_ERROR, "delete secrets in " + folder + ": " + e.getMessage(), e);
    }
  }
}
