package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.device.FilesystemPart;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/**
 * Starts the programs that serve folders of the host to a machine by virtiofs, one for each. They
 * run as root, shut in within the folder, and end when QEMU does.
 *
 * @param paths of the run
 */
record Virtiofsd(RunPaths paths) {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Duration LOOK = Duration.ofMillis(2);

  /** Where packages say which programs there are (docs/interop/vhost-user.json of QEMU). */
  private static final List<Path> DESCRIPTIONS =
      List.of(Path.of("/etc/qemu/vhost-user"), Path.of("/usr/share/qemu/vhost-user"));

  private static final String USUAL = "/usr/libexec/virtiofsd";
  private static final Path LEFT = Path.of("/run/virtiofsd");
  private static final Logger LOG = LoggerFactory.getLogger(Virtiofsd.class);
  private static final Path SOCKETS = Path.of("/proc/net/unix");

  /** Flag of a socket that listens: {@code SO_ACCEPTCON}. */
  private static final String LISTENS = " 00010000 ";

  /** Starts those that a machine's file systems need; others have a socket already. */
  void start(Guest guest, Undo undo) throws VirtException {
    for (Node fs : guest.devices("filesystem")) {
      start(fs, undo);
    }
  }

  /** Starts the one that a file system needs. */
  void start(Node fs, Undo undo) throws VirtException {
    if (!fs.is("driver/@type", "virtiofs") || fs.has("source/@socket")) {
      return;
    }
    if (!User.isRoot()) {
      throw Refusal.of(
          fs.path("driver/@type"), "'virtiofs' needs root, or the socket of a daemon that runs");
    }
    String alias = Machine.alias(fs);
    Path socket = Path.of(FilesystemPart.socket(paths.sockets().toString(), alias));
    String name = paths.log().getFileName().toString().replaceFirst("\\.log$", "");
    Path log = paths.log().resolveSibling(name + "-" + alias + "-virtiofsd.log");
    List<String> words = words(fs, socket);
    Process process = run(words, log);
    undo.add(() -> end(process));
    if (!awaitListening(process, socket)) {
      String told = MachineLog.tail(log, 0);
      throw new VirtException(
          ErrorCode.OPERATION_FAILED,
          "run %s: %s".formatted(words.get(2), told.isEmpty() ? "it did not start" : told));
    }
    RunPaths.share(socket);
  }

  private static List<String> words(Node fs, Path socket) throws VirtException {
    List<String> words = new ArrayList<>(List.of("setsid", "--", program(fs)));
    words.add("--socket-path=" + socket);
    String source = fs.require("source/@dir");
    if (source.contains(",") || source.contains("\\")) {
      throw Refusal.of(fs.path("source/@dir"), "'" + source + "' has a comma or a backslash");
    }
    StringBuilder options = new StringBuilder("source=" + source);
    String cache = fs.get("binary/cache/@mode");
    options.append(cache == null ? "" : ",cache=" + cache);
    option(options, fs.flag("binary/@xattr"), "xattr");
    option(options, fs.flag("binary/lock/@flock"), "flock");
    option(options, fs.flag("binary/lock/@posix"), "posix_lock");
    String sandbox = fs.get("binary/sandbox/@mode");
    options.append(sandbox == null ? "" : ",sandbox=" + sandbox);
    words.addAll(List.of("-o", options.toString()));
    Long threads = fs.number("binary/thread_pool/@size");
    if (threads != null) {
      words.add("--thread-pool-size=" + threads);
    }
    return words;
  }

  private static void option(StringBuilder options, Boolean wanted, String name) {
    if (wanted != null) {
      options.append(wanted ? "," : ",no_").append(name);
    }
  }

  private static String program(Node fs) throws VirtException {
    String named = fs.get("binary/@path");
    if (named != null) {
      return named;
    }
    for (Path folder : DESCRIPTIONS) {
      Optional<String> described = described(folder);
      if (described.isPresent()) {
        return described.get();
      }
    }
    return USUAL;
  }

  private static Optional<String> described(Path folder) throws VirtException {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        JsonObject program = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        if (Json.text(program, "type").equals("fs")) {
          return Optional.of(Json.text(program, "binary"));
        }
      }
      return Optional.empty();
    } catch (IOException | JsonParseException | IllegalStateException e) {
      throw new VirtException(ErrorCode.SYSTEM_ERROR, "read " + folder + ": " + e.getMessage(), e);
    }
  }

  private static Process run(List<String> words, Path log) throws VirtException {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().put("LC_ALL", "C");
    builder.directory(new File("/"));
    builder.redirectInput(new File("/dev/null"));
    builder.redirectErrorStream(true);
    builder.redirectOutput(log.toFile());
    try {
      return builder.start();
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.OPERATION_FAILED, "run " + words.get(2) + ": " + e.getMessage(), e);
    }
  }

  /** It takes one connection only, which is QEMU's: so it cannot be tried. */
  private static boolean awaitListening(Process process, Path socket) throws VirtException {
    CompletableFuture<Process> ended = process.onExit();
    long end = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() - end < 0) {
      if (listens(socket)) {
        return true;
      }
      if (Waiting.await(ended, LOOK)) {
        return false;
      }
    }
    return false;
  }

  private static boolean listens(Path socket) throws VirtException {
    try (Stream<String> lines = Files.lines(SOCKETS)) {
      return lines.anyMatch(line -> line.endsWith(" " + socket) && line.contains(LISTENS));
    } catch (IOException e) {
      throw new VirtException(ErrorCode.SYSTEM_ERROR, "read " + SOCKETS + ": " + e.getMessage(), e);
    }
  }

  private static void end(Process process) {
    process.destroyForcibly();
    Waiting.await(process.onExit(), LIMIT);
  }

  /** Removes what QEMU's own program of this name leaves when it ends. */
  static void forget(RunPaths paths) {
    if (!Files.isDirectory(LEFT)) {
      return;
    }
    String socket = (paths.sockets() + "/").replace('/', '.');
    try (Stream<Path> files = Files.list(LEFT)) {
      files
          .filter(file -> file.getFileName().toString().startsWith(socket))
          .forEach(MachineFiles::deleteQuietly);
    } catch (IOException e) {
      LOG.warn("list {}: {}", LEFT, e.getMessage());
    }
  }
}
