package org.virt.driver.qemu.internal.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.linux.ControlGroups.Controller;
import org.virt.driver.qemu.internal.linux.ControlGroups.Version;

/** Groups in folders that look like those of the kernel; its files are there before. */
class ControlGroupTest {
  private static final String PATH = "machine/virt-1";

  @TempDir private Path root;

  @BeforeEach
  void makeHierarchies() throws IOException {
    group("cpu", "cgroup.procs", "tasks", "cpu.shares");
    group("two", "cgroup.procs", "cgroup.subtree_control", "memory.max");
    Files.writeString(root.resolve("two/cgroup.controllers"), "cpuset memory io\n");
  }

  /** Makes a hierarchy and a group in it, with files. */
  private void group(String hierarchy, String... files) throws IOException {
    Path folder = root.resolve(hierarchy);
    for (Path part : List.of(Path.of(""), Path.of("machine"), Path.of(PATH))) {
      Files.createDirectories(folder.resolve(part));
      for (String file : files) {
        Files.writeString(folder.resolve(part).resolve(file), "");
      }
    }
  }

  private ControlGroup group() {
    return ControlGroups.of(
            List.of(
                "proc /proc proc rw 0 0",
                "cgroup " + root.resolve("cpu") + " cgroup rw,nosuid,cpu 0 0",
                "cgroup " + root.resolve("missing") + " cgroup rw,blkio 0 0",
                "cgroup2 " + root.resolve("two") + " cgroup2 rw 0 0"))
        .group(PATH);
  }

  private String read(String file) throws IOException {
    return Files.readString(root.resolve(file));
  }

  @Test
  void findsControllersOfBothVersions() {
    assertEquals(Optional.of(Version.V1), group().version(Controller.CPU));
    assertEquals(Optional.of(Version.V2), group().version(Controller.MEMORY));
    assertEquals(Optional.of(Version.V2), group().version(Controller.BLKIO));
    assertEquals(Optional.empty(), group().version(Controller.CPUACCT));
  }

  @Test
  void movesAProcessAndSetsLimits() throws Exception {
    ControlGroup group = group();
    group.make();
    group.add(7);
    assertEquals("7", read("cpu/" + PATH + "/cgroup.procs"));
    assertEquals("7", read("two/" + PATH + "/cgroup.procs"));
    assertEquals("", read("two/" + PATH + "/cgroup.subtree_control"));
    assertEquals("+io", read("two/machine/cgroup.subtree_control"));
    group.set(Controller.MEMORY, "", "memory.max", "4096");
    assertEquals("4096", read("two/" + PATH + "/memory.max"));
    assertEquals(Optional.of("4096"), group.read(Controller.MEMORY, "memory.max"));
    assertEquals(Optional.empty(), group.read(Controller.MEMORY, "memory.peak"));
    VirtException e =
        assertThrows(VirtException.class, () -> group.set(Controller.CPU, "", "cpu.other", "1"));
    assertEquals(true, e.getMessage().startsWith("write '1' to "), e.getMessage());
  }

  @Test
  void movesThreadsIntoGroupsWithin() throws Exception {
    group("cpu/" + PATH + "/vcpu0", "tasks");
    group().makeChild("vcpu0");
    Files.writeString(root.resolve("cpu/" + PATH + "/vcpu0/tasks"), "");
    group().addThread("vcpu0", 9);
    assertEquals("9", read("cpu/" + PATH + "/vcpu0/tasks"));
  }
}
