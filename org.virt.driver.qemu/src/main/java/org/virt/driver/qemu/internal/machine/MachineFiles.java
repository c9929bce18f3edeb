package org.virt.driver.qemu.internal.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.StateDirectory;
import org.virt.api.VirtException;

/**
 * What is kept of machines: {@code NAME.xml} for each definition, {@code autostart/NAME} for one
 * that starts with the host, {@code save/NAME.save} for one that was saved, {@code run/UUID.json}
 * for each run, {@code log/NAME.log}.
 */
final class MachineFiles {
  private static final Logger LOG = LoggerFactory.getLogger(MachineFiles.class);
  private static final String DEFINITION = ".xml";

  /** The longest name that leaves room for suffixes in a file's name. */
  private static final int MAX_NAME = 200;

  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private final StateDirectory state;
  private final Path definitions;
  private final Path autostart;
  private final Path saves;
  private final Path variables;
  private final Path tpms;
  private final Path dumps;
  private final RunPaths.Area runs;

  /**
   * Makes the folders.
   *
   * @param area the folder within the state directory
   */
  MachineFiles(StateDirectory state, String area) throws VirtException {
    this.state = state;
    definitions = state.area(area);
    autostart = state.area(area + "/autostart");
    saves = state.area(area + "/save");
    variables = state.area(area + "/nvram");
    tpms = state.area(area + "/tpm");
    dumps = state.area(area + "/dump");
    runs = new RunPaths.Area(state.area(area + "/run"), state.area(area + "/log"));
  }

  /** Returns the folder of the variables of firmware. */
  Path variables() {
    return variables;
  }

  /** Lets others than its owner look in one of these folders for files whose names they know. */
  void open(Path part) throws VirtException {
    try {
      for (Path folder : List.of(state.home(), definitions, part)) {
        Set<PosixFilePermission> modes = Files.getPosixFilePermissions(folder);
        if (modes.add(PosixFilePermission.OTHERS_EXECUTE)) {
          Files.setPosixFilePermissions(folder, modes);
        }
      }
    } catch (IOException e) {
      throw new VirtException(ErrorCode.SYSTEM_ERROR, "open " + part + ": " + e.getMessage(), e);
    }
  }

  /** Returns the folder of the states of emulated TPMs. */
  Path tpms() {
    return tpms;
  }

  /** Returns the file that the next start of a machine restores, if it is there. */
  Path save(String name) {
    return saves.resolve(name + ".save");
  }

  /** Returns the file for the memory of a machine that crashed. */
  Path dump(String name, Instant when) {
    return dumps.resolve(name + "-" + when.truncatedTo(ChronoUnit.SECONDS));
  }

  /** Moves all that is kept of a machine to another name; its definition is written anew. */
  void rename(String name, String next) throws VirtException {
    try {
      if (Files.exists(autostart.resolve(name))) {
        Files.move(autostart.resolve(name), autostart.resolve(next));
      }
      if (Files.exists(save(name))) {
        Files.move(save(name), save(next));
      }
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.WRITE_FAILED, "rename what is kept of " + name + ": " + e, e);
    }
    delete(definition(name));
  }

  RunPaths.Area runs() {
    return runs;
  }

  /** Says which boot of the host this is. */
  static String boot() {
    try {
      return Files.readString(BOOT_ID).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }

  /** Checks that a machine's name can be that of files. */
  static void check(String name) throws VirtException {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    boolean odd =
        name.startsWith(".") || name.chars().anyMatch(c -> c < ' ' || c == 0x7f || c == '/');
    if (bytes > MAX_NAME || odd) {
      throw new VirtException(
          ErrorCode.XML_ERROR,
          "/domain/name: longer than "
              + MAX_NAME
              + " bytes, with a dot first, a slash or a control character");
    }
  }

  /** Reads all definitions, by name; one that cannot be read is reported and left alone. */
  Map<String, String> definitions() {
    Map<String, String> found = new LinkedHashMap<>();
    for (Path file : list(definitions, DEFINITION)) {
      read(file, found);
    }
    return found;
  }

  private static void read(Path file, Map<String, String> found) {
    try {
      String name = file.getFileName().toString();
      String xml = Files.readString(file);
      found.put(name.substring(0, name.length() - DEFINITION.length()), xml);
    } catch (IOException e) {
      LOG.warn("read {}: {}", file, e.getMessage());
    }
  }

  void saveDefinition(String name, String xml) throws VirtException {
    state.write(definition(name), xml.getBytes(StandardCharsets.UTF_8));
  }

  void deleteDefinition(String name) throws VirtException {
    delete(autostart.resolve(name));
    delete(definition(name));
  }

  private Path definition(String name) {
    return definitions.resolve(name + DEFINITION);
  }

  /** Returns the names of the machines that start with the host. */
  Set<String> autostarts() {
    return list(autostart, "").stream()
        .map(file -> file.getFileName().toString())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  void autostart(String name, boolean on) throws VirtException {
    if (on) {
      state.write(autostart.resolve(name), new byte[0]);
    } else {
      delete(autostart.resolve(name));
    }
  }

  /** Says whether machines were started for this boot of the host already. */
  boolean isBooted() {
    try {
      return Files.readString(bootMarker()).equals(boot());
    } catch (IOException e) {
      return false;
    }
  }

  void markBooted() throws VirtException {
    state.write(bootMarker(), boot().getBytes(StandardCharsets.UTF_8));
  }

  private Path bootMarker() {
    return runs.run().resolve("booted");
  }

  void save(RunState run) throws VirtException {
    state.write(run.paths().state(), run.json().getBytes(StandardCharsets.UTF_8));
  }

  /** Reads all runs; one that cannot be read is reported and left alone. */
  List<RunState> runStates() {
    List<RunState> found = new ArrayList<>();
    for (Path file : list(runs.run(), ".json")) {
      try {
        found.add(RunState.parse(Files.readString(file), runs));
      } catch (IOException | RuntimeException e) {
        LOG.error("read {}: {}", file, e.getMessage());
      }
    }
    return found;
  }

  /** Removes what a run left, its log excepted. */
  static void deleteRun(RunPaths paths) {
    for (Path file : list(paths.sockets(), "")) {
      deleteQuietly(file);
    }
    deleteQuietly(paths.sockets());
    HugePages.remove(paths);
    Virtiofsd.forget(paths);
    deleteQuietly(paths.state());
  }

  static void deleteQuietly(Path file) {
    try {
      delete(file);
    } catch (VirtException e) {
      LOG.warn("{}", e.getMessage());
    }
  }

  static void delete(Path file) throws VirtException {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new VirtException(ErrorCode.WRITE_FAILED, "delete " + file + ": " + e.getMessage(), e);
    }
  }

  /** Lists the visible files of a folder with a suffix; temporary ones begin with a dot. */
  private static List<Path> list(Path folder, String suffix) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> !file.getFileName().toString().startsWith("."))
          .filter(file -> file.getFileName().toString().endsWith(suffix))
          .filter(file -> !Files.isDirectory(file))
          .sorted()
          .toList();
    } catch (IOException e) {
      LOG.error("list {}: {}", folder, e.getMessage());
      return List.of();
    }
  }
}
