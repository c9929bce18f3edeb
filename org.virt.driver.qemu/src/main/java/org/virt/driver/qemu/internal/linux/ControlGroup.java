package org.virt.driver.qemu.internal.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.CpuSet;
import org.virt.driver.qemu.internal.linux.ControlGroups.Controller;
import org.virt.driver.qemu.internal.linux.ControlGroups.Hierarchy;
import org.virt.driver.qemu.internal.linux.ControlGroups.Version;

/** One group, in all hierarchies that there are. Its threads may be in groups within it. */
public final class ControlGroup {
  private static final Logger LOG = LoggerFactory.getLogger(ControlGroup.class);
  private static final String CONTROL = "cgroup.subtree_control";

  private final ControlGroups host;
  private final String path;

  ControlGroup(ControlGroups host, String path) {
    this.host = host;
    this.path = path;
  }

  /** Returns the version of a controller; empty when this host has it not. */
  public Optional<Version> version(Controller controller) {
    return Optional.ofNullable(host.hierarchies().get(controller)).map(Hierarchy::version);
  }

  /** Makes it. */
  public void make() throws VirtException {
    for (Controller controller : host.hierarchies().keySet()) {
      if (controller == Controller.CPUSET) {
        continue;
      }
      Hierarchy hierarchy = host.hierarchies().get(controller);
      Path folder = hierarchy.root();
      for (Path part : Path.of(path)) {
        if (hierarchy.version() == Version.V2) {
          offer(folder, controller);
        }
        folder = folder.resolve(part);
        make(folder);
      }
    }
  }

  private static void make(Path folder) throws VirtException {
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectory(folder);
      }
    } catch (IOException e) {
      throw failed("make control group " + folder, e);
    }
  }

  /** Enables a controller where that can be done; what needs it says so where it cannot. */
  private static void offer(Path folder, Controller controller) {
    try {
      enable(folder, controller);
    } catch (VirtException e) {
      LOG.debug("{}", e.getMessage());
    }
  }

  private static void enable(Path folder, Controller controller) throws VirtException {
    if (!controller.second.isEmpty()
        && !Set.of(read(folder.resolve(CONTROL)).split(" ", -1)).contains(controller.second)) {
      write(folder.resolve(CONTROL), "+" + controller.second);
    }
  }

  /** Moves a process into it, with all of its threads. */
  public void add(long process) throws VirtException {
    for (Path folder : folders(EnumSet.complementOf(EnumSet.of(Controller.CPUSET)))) {
      write(folder.resolve("cgroup.procs"), Long.toString(process));
    }
  }

  /** Has the memory of a process come from certain NUMA nodes, and moves what it has there. */
  public void moveMemory(CpuSet nodes, long process) throws VirtException {
    Hierarchy hierarchy = host.hierarchies().get(Controller.CPUSET);
    boolean first = hierarchy.version() == Version.V1;
    Path folder = hierarchy.root();
    for (Path part : Path.of(path)) {
      if (!first) {
        enable(folder, Controller.CPUSET);
      }
      Path parent = folder;
      folder = folder.resolve(part);
      make(folder);
      if (first) {
        inherit(parent, folder, "cpuset.cpus");
        inherit(parent, folder, "cpuset.mems");
      }
    }
    if (first) {
      write(folder.resolve("cpuset.memory_migrate"), "1");
    }
    write(folder.resolve("cpuset.mems"), nodes.toString());
    write(folder.resolve("cgroup.procs"), Long.toString(process));
  }

  /** Version 1 has no process enter a group that was not told both. */
  private static void inherit(Path parent, Path group, String file) throws VirtException {
    if (read(group.resolve(file)).isEmpty()) {
      write(group.resolve(file), read(parent.resolve(file)));
    }
  }

  /** Makes a group within it for some of its threads, unless it is there. */
  public void makeChild(String child) throws VirtException {
    for (Path folder : folders(Controller.CPU)) {
      Path group = folder.resolve(child);
      if (!Files.isDirectory(group)) {
        make(group);
        if (isSecond(Controller.CPU)) {
          write(group.resolve("cgroup.type"), "threaded");
          enable(folder, Controller.CPU);
        }
      }
    }
  }

  /** Moves a thread of a process in it into a group within it. */
  public void addThread(String child, long thread) throws VirtException {
    for (Path folder : folders(Controller.CPU)) {
      String file = isSecond(Controller.CPU) ? "cgroup.threads" : "tasks";
      write(folder.resolve(child).resolve(file), Long.toString(thread));
    }
  }

  private boolean isSecond(Controller controller) {
    return version(controller).equals(Optional.of(Version.V2));
  }

  /**
   * Sets something.
   *
   * @param child a group within it; empty: itself
   */
  public void set(Controller controller, String child, String file, String value)
      throws VirtException {
    for (Path folder : folders(controller)) {
      write(folder.resolve(child).resolve(file), value);
    }
  }

  /** Reads a file of a controller; empty when this host has not that. */
  public Optional<String> read(Controller controller, String file) throws VirtException {
    for (Path folder : folders(controller)) {
      if (Files.exists(folder.resolve(file))) {
        return Optional.of(read(folder.resolve(file)));
      }
    }
    return Optional.empty();
  }

  private Set<Path> folders(Set<Controller> controllers) {
    Set<Path> folders = new LinkedHashSet<>();
    for (Controller controller : controllers) {
      folders.addAll(folders(controller));
    }
    return folders;
  }

  private Set<Path> folders(Controller controller) {
    Hierarchy hierarchy = host.hierarchies().get(controller);
    return hierarchy == null ? Set.of() : Set.of(hierarchy.root().resolve(path));
  }

  /** Removes it and the groups within it, whose processes have ended. */
  public void remove() {
    for (Path folder : folders(EnumSet.allOf(Controller.class))) {
      if (Files.isDirectory(folder)) {
        try (Stream<Path> children = Files.list(folder)) {
          children.filter(Files::isDirectory).forEach(ControlGroup::removeQuietly);
        } catch (IOException e) {
          LOG.warn("list control group {}: {}", folder, e.getMessage());
        }
        removeQuietly(folder);
      }
    }
  }

  private static void removeQuietly(Path folder) {
    try {
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      LOG.warn("remove control group {}: {}", folder, e.getMessage());
    }
  }

  private static String read(Path file) throws VirtException {
    try {
      return Files.readString(file, StandardCharsets.US_ASCII).strip();
    } catch (IOException e) {
      throw failed("read " + file, e);
    }
  }

  private static void write(Path file, String value) throws VirtException {
    try {
      Files.writeString(
          file,
          value,
          StandardCharsets.US_ASCII,
          StandardOpenOption.WRITE,
          StandardOpenOption.TRUNCATE_EXISTING);
    } catch (IOException e) {
      throw failed("write '" + value + "' to " + file, e);
    }
  }

  private static VirtException failed(String action, IOException e) {
    return new VirtException(ErrorCode.SYSTEM_ERROR, action + ": " + e.getMessage(), e);
  }
}
