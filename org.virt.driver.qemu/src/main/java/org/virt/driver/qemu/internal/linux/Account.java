package org.virt.driver.qemu.internal.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.common.process.Command;
import org.virt.common.process.Result;

/**
 * A user of the host other than root.
 *
 * @param groups all that the user is in, the first one too
 */
public record Account(String name, int uid, int gid, Set<Integer> groups) {
  public static final int READ = 4;
  public static final int WRITE = 2;

  /** Of a folder: names in it can be looked up. */
  public static final int SEARCH = 1;

  private static final int OWNER_SHIFT = 6;
  private static final int GROUP_SHIFT = 3;

  public Account {
    groups = Set.copyOf(groups);
  }

  /**
   * Looks a user up; empty when the host has none of that name.
   *
   * @param group its first group; empty for its own
   * @throws VirtException {@code CONFIG_UNSUPPORTED} when there is no such group
   */
  public static Optional<Account> find(String user, String group) throws VirtException {
    Optional<String[]> entry = entry("passwd", user);
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    int own = Integer.parseInt(entry.get()[3]);
    int first = own;
    if (!group.isEmpty()) {
      first =
          entry("group", group)
              .map(words -> Integer.parseInt(words[2]))
              .orElseThrow(
                  () ->
                      new VirtException(
                          ErrorCode.CONFIG_UNSUPPORTED,
                          "run QEMU in group '" + group + "': there is no such group"));
    }
    Set<Integer> groups =
        Arrays.stream(Command.of("id", "-G", user).require().strip().split(" ", -1))
            .map(Integer::parseInt)
            .collect(Collectors.toCollection(TreeSet::new));
    groups.add(first);
    return Optional.of(new Account(user, Integer.parseInt(entry.get()[2]), first, groups));
  }

  private static Optional<String[]> entry(String database, String name) throws VirtException {
    Result result = Command.of("getent", database, name).run();
    return result.ok()
        ? Optional.of(result.out().strip().split(":", -1)).filter(words -> words[0].equals(name))
        : Optional.empty();
  }

  /** Refuses when it may not open a device that is there for everybody. */
  public void require(int access, Path device) throws VirtException {
    try {
      if (!may(access, device)) {
        throw new IOException("permission denied");
      }
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.OPERATION_DENIED,
          "open %s as user '%s': %s".formatted(device, name, e.getMessage()),
          e);
    }
  }

  /** Says whether it may open a file or folder, as far as owner, group and mode say. */
  public boolean may(int access, Path file) throws IOException {
    int mode = (Integer) Files.getAttribute(file, "unix:mode");
    if (Files.getAttribute(file, "unix:uid").equals(uid)) {
      return (mode >> OWNER_SHIFT & access) == access;
    }
    if (groups.contains((Integer) Files.getAttribute(file, "unix:gid"))) {
      return (mode >> GROUP_SHIFT & access) == access;
    }
    return (mode & access) == access;
  }
}
