package org.virt.common.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * An operator's own programs, called as libvirt calls them (libvirt's page "Hooks for specific
 * system management"): {@code hooks/NAME}, then those of {@code hooks/NAME.d} in alphabetical
 * order, as far as they may be executed. They are looked for at each call.
 *
 * @param folder {@code hooks}; it need not be there
 * @param name of the driver, as in "qemu"
 * @param limit how long one program may take
 */
public record HookScripts(Path folder, String name, Duration limit) {
  private static final Logger LOG = LoggerFactory.getLogger(HookScripts.class);
  private static final Duration LIMIT = Duration.ofMinutes(5);

  /** Names the programs of a driver in the operator's folder; each may take five minutes. */
  public static HookScripts of(Path configuration, String name) {
    return new HookScripts(configuration.resolve("hooks"), name, LIMIT);
  }

  /**
   * What a program is told in its arguments.
   *
   * @param object the name of what it is about, as of a machine
   * @param operation as in "start"
   * @param part of the operation, as in "begin"
   * @param extra further words
   */
  public record Call(String object, String operation, String part, String extra) {
    private static final String NONE = "-";

    /** Makes a call about a machine. */
    public static Call of(String object, String operation, String part) {
      return new Call(object, operation, part, NONE);
    }

    /** Makes a call about the runtime itself. */
    public static Call ofRuntime(String operation) {
      return new Call(NONE, operation, NONE, operation);
    }

    List<String> arguments(Path program) {
      return List.of(program.toString(), object, operation, part, extra);
    }
  }

  /** Says whether there is no program to call. */
  public boolean isEmpty() throws VirtException {
    return programs().isEmpty();
  }

  /**
   * Calls all programs; what they write is not used.
   *
   * @param input what they read, asked for when there is a program
   * @throws VirtException {@code HOOK_SCRIPT_FAILED} when one of them failed, after all were called
   */
  public void call(Call call, Supplier<String> input) throws VirtException {
    List<Path> programs = programs();
    if (!programs.isEmpty()) {
      run(programs, call, input.get(), false);
    }
  }

  /** Calls all programs about something that cannot be stopped any more: a failure is logged. */
  public void tell(Call call, Supplier<String> input) {
    try {
      call(call, input);
    } catch (VirtException e) {
      LOG.warn("{}", e.getMessage());
    }
  }

  /**
   * Has each program change the text that the one before it has written; one that writes nothing
   * leaves it as it is.
   *
   * @throws VirtException as {@link #call}
   */
  public String filter(Call call, String text) throws VirtException {
    return run(programs(), call, text, true);
  }

  private String run(List<Path> programs, Call call, String input, boolean filters)
      throws VirtException {
    String text = input;
    Optional<VirtException> failure = Optional.empty();
    for (Path program : programs) {
      try {
        String out = Command.of(call.arguments(program)).withLimit(limit).withInput(text).require();
        text = filters && !out.isBlank() ? out : text;
      } catch (VirtException e) {
        VirtException failed =
            new VirtException(
                ErrorCode.HOOK_SCRIPT_FAILED, "Hook script execution failed: " + e.getMessage(), e);
        failure = failure.or(() -> Optional.of(failed));
      }
    }
    if (failure.isPresent()) {
      throw failure.get();
    }
    return text;
  }

  private List<Path> programs() throws VirtException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<Path> all = new ArrayList<>(List.of(folder.resolve(name)));
    Path more = folder.resolve(name + ".d");
    if (Files.isDirectory(more)) {
      try (Stream<Path> files = Files.list(more)) {
        files.sorted().forEach(all::add);
      } catch (IOException | UncheckedIOException e) {
        throw new VirtException(ErrorCode.SYSTEM_ERROR, "read " + more + ": " + e.getMessage(), e);
      }
    }
    return all.stream()
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .toList();
  }
}
