package org.virt.driver.qemu.internal.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Refusal;
import org.virt.driver.qemu.internal.linux.Account;

/**
 * Folders whose files are huge pages, as the host has them mounted (hugetlbfs). A run of a user
 * other than root has one of its own within, which goes with it.
 */
final class HugePages {
  private static final Logger LOG = LoggerFactory.getLogger(HugePages.class);
  private static final Path MOUNTS = Path.of("/proc/self/mounts");
  private static final long KIB = 1024;

  private HugePages() {}

  /**
   * A place where pages of one size are.
   *
   * @param kib the size
   */
  private record Mount(Path folder, long kib) {}

  /** Returns the folder of a run for pages of a size in KiB; it is made if need be. */
  static Path folder(long kib, RunPaths paths, Optional<Account> user) throws VirtException {
    Optional<Mount> mount = mounts().stream().filter(m -> m.kib() == kib).findFirst();
    if (mount.isEmpty()) {
      throw Refusal.of(
          "/domain/memoryBacking/hugepages", "no hugetlbfs of " + kib + " KiB is mounted");
    }
    if (user.isEmpty()) {
      return mount.get().folder();
    }
    Path folder = own(mount.get(), paths);
    try {
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.setAttribute(folder, "unix:uid", user.get().uid(), LinkOption.NOFOLLOW_LINKS);
      }
      Object owner = Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS);
      if (!owner.equals(user.get().uid())) {
        throw new IOException("it belongs to somebody else");
      }
      return folder;
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.SYSTEM_ERROR, "make folder " + folder + ": " + e.getMessage(), e);
    }
  }

  /** Removes the folders of a run, which QEMU leaves empty. */
  static void remove(RunPaths paths) {
    try {
      for (Mount mount : mounts()) {
        MachineFiles.deleteQuietly(own(mount, paths));
      }
    } catch (VirtException e) {
      LOG.warn("{}", e.getMessage());
    }
  }

  private static Path own(Mount mount, RunPaths paths) {
    return mount.folder().resolve(paths.sockets().getFileName());
  }

  private static List<Mount> mounts() throws VirtException {
    List<Mount> mounts = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(MOUNTS)) {
        List<String> words = List.of(line.split(" ", -1));
        if (words.get(2).equals("hugetlbfs")) {
          mounts.add(new Mount(Path.of(words.get(1)), pageSize(words.get(3))));
        }
      }
    } catch (IOException e) {
      throw new VirtException(ErrorCode.SYSTEM_ERROR, "read " + MOUNTS + ": " + e.getMessage(), e);
    }
    return mounts;
  }

  private static long pageSize(String options) {
    for (String option : options.split(",", -1)) {
      if (option.startsWith("pagesize=")) {
        long number = Long.parseLong(option.replaceAll("[^0-9]", ""));
        return number * KIB * (option.endsWith("G") ? KIB : 1);
      }
    }
    return 2 * KIB;
  }
}
