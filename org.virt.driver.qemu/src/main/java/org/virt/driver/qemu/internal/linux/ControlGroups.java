package org.virt.driver.qemu.internal.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control groups of this host (cgroups(7)): version 1 with a hierarchy for each controller,
 * version 2 with one for all, or some of each.
 */
public final class ControlGroups {
  /** No controller at all. */
  public static final ControlGroups NONE = new ControlGroups(Map.of());

  private static final Logger LOG = LoggerFactory.getLogger(ControlGroups.class);
  private static final Path MOUNTS = Path.of("/proc/self/mounts");
  private static final int FOLDER = 1;
  private static final int TYPE = 2;
  private static final int OPTIONS = 3;

  private final Map<Controller, Hierarchy> hierarchies;

  /** What limits and counts; named as version 1 does. */
  public enum Controller {
    CPU("cpu", "cpu"),
    CPUACCT("cpuacct", ""),
    MEMORY("memory", "memory"),
    BLKIO("blkio", "io"),

    /** Only of machines whose memory was moved; see {@link ControlGroup#moveMemory}. */
    CPUSET("cpuset", "cpuset");

    final String first;
    final String second;

    Controller(String first, String second) {
      this.first = first;
      this.second = second;
    }
  }

  /** The versions of the kernel's interface. */
  public enum Version {
    V1,
    V2
  }

  /**
   * Where the groups of a controller are.
   *
   * @param root folder of the uppermost group
   */
  public record Hierarchy(Path root, Version version) {}

  ControlGroups(Map<Controller, Hierarchy> hierarchies) {
    // In the order of the controllers, which is that of their files.
    this.hierarchies = new EnumMap<>(Controller.class);
    this.hierarchies.putAll(hierarchies);
  }

  /** Finds those of this host that this process may change. */
  public static ControlGroups ofHost() {
    try {
      return of(Files.readAllLines(MOUNTS, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      LOG.warn("control groups are not used: read {}: {}", MOUNTS, e.getMessage());
      return NONE;
    }
  }

  /** Finds those that are mounted, by lines of mounts(5); a later mount hides an earlier one. */
  static ControlGroups of(List<String> mounts) {
    Map<Controller, Hierarchy> found = new EnumMap<>(Controller.class);
    for (String mount : mounts) {
      List<String> words = List.of(mount.split(" ", -1));
      if (words.size() <= OPTIONS) {
        continue;
      }
      Path root = Path.of(words.get(FOLDER));
      for (Controller controller : Controller.values()) {
        boolean first =
            words.get(TYPE).equals("cgroup")
                && List.of(words.get(OPTIONS).split(",", -1)).contains(controller.first);
        boolean second = words.get(TYPE).equals("cgroup2") && offers(root, controller.second);
        if ((first || second) && Files.isWritable(root.resolve("cgroup.procs"))) {
          found.put(controller, new Hierarchy(root, first ? Version.V1 : Version.V2));
        }
      }
    }
    return new ControlGroups(found);
  }

  private static boolean offers(Path root, String controller) {
    try {
      return List.of(Files.readString(root.resolve("cgroup.controllers")).strip().split(" ", -1))
          .contains(controller);
    } catch (IOException e) {
      return false;
    }
  }

  Map<Controller, Hierarchy> hierarchies() {
    return hierarchies;
  }

  /**
   * Names a group.
   *
   * @param path below the uppermost groups
   */
  public ControlGroup group(String path) {
    return new ControlGroup(this, path);
  }
}
