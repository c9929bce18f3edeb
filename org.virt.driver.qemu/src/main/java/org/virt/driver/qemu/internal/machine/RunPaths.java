package org.virt.driver.qemu.internal.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.linux.Account;

/**
 * The files of a run.
 *
 * @param state what outlives the runtime of it
 * @param sockets folder of the monitor and of sockets whose path the definition leaves open
 * @param log what QEMU writes
 */
record RunPaths(Path state, Path sockets, Path log) {
  /** The longest path of a Unix socket (unix(7)), without the name that is added to a folder. */
  private static final int MAX_FOLDER = 107 - 24;

  private static final int HASH_BYTES = 6;

  /** Returns the path of the monitor's socket. */
  Path monitor() {
    return sockets.resolve("monitor");
  }

  /** Returns the path of the socket through which QEMU says that its monitor listens. */
  Path ready() {
    return sockets.resolve("ready");
  }

  /** Makes the folder of the sockets, for the eyes of QEMU's user only. */
  void makeSocketFolder(Optional<Account> user) throws VirtException {
    try {
      Files.createDirectories(
          sockets,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      int owner = owner(sockets);
      boolean ours = owner == owner(Path.of("/proc/self"));
      if (!ours && user.map(Account::uid).filter(uid -> uid == owner).isEmpty()) {
        throw new IOException("it belongs to somebody else");
      }
      if (user.isPresent()) {
        Files.setAttribute(sockets, "unix:uid", user.get().uid());
      }
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.SYSTEM_ERROR, "make folder " + sockets + ": " + e.getMessage(), e);
    }
  }

  private static int owner(Path file) throws IOException {
    return (Integer) Files.getAttribute(file, "unix:uid");
  }

  /** Lets whoever has the folder of a socket connect to it. */
  static void share(Path socket) throws VirtException {
    try {
      // The folder may be somebody hostile's: nothing in it is followed.
      Object owner = owner(socket.getParent());
      Files.setAttribute(socket, "unix:uid", owner, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.SYSTEM_ERROR, "give " + socket + " to QEMU: " + e.getMessage(), e);
    }
  }

  /**
   * Where the files of all runs are.
   *
   * @param run folder of states and sockets
   * @param log folder of logs
   */
  record Area(Path run, Path log) {
    /**
     * Returns the files of a run; its sockets go to a short path when the usual one is too long, or
     * closed to the user.
     */
    RunPaths paths(DomainId id, String name, Optional<Account> user) {
      Path sockets = run.resolve(id.toString());
      if (user.isPresent()
          || sockets.toString().getBytes(StandardCharsets.UTF_8).length > MAX_FOLDER) {
        sockets = shortFolder(id);
      }
      return paths(id, name, sockets.toString());
    }

    /** Returns the files of a run whose sockets are somewhere already. */
    RunPaths paths(DomainId id, String name, String sockets) {
      return new RunPaths(run.resolve(id + ".json"), Path.of(sockets), log.resolve(name + ".log"));
    }

    /** Returns what tells its runs from those of other state directories, 12 characters. */
    String hash() {
      return hash(run.toString());
    }

    private Path shortFolder(DomainId id) {
      String runtime = System.getenv("XDG_RUNTIME_DIR");
      Path parent =
          Files.isWritable(Path.of("/run"))
              ? Path.of("/run")
              : Path.of(runtime == null ? "/tmp" : runtime);
      return parent.resolve("virt-" + hash() + "-" + id);
    }

    private static String hash(String text) {
      try {
        byte[] digest =
            MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
