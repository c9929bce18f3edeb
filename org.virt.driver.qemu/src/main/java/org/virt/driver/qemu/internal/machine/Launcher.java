package org.virt.driver.qemu.internal.machine;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.virt.api.DomainId;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.linux.ProcessWatch;
import org.virt.driver.qemu.internal.linux.QemuProcess;
import org.virt.model.edit.DomainTree;

/** Starts the processes of machines. */
final class Launcher {
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final int KILL_SECONDS = 5;

  /** The number of the first file that is open beside the standard ones. */
  static final int FIRST_FILE = 3;

  /** Not every shell knows numbers of files with two digits. */
  private static final int MOST_FILES = 7;

  private final ProcessWatch watch;
  private final Groups groups;

  Launcher(ProcessWatch watch, Groups groups) {
    this.watch = watch;
    this.groups = groups;
  }

  /** Refuses a machine whose share of the host cannot be enforced here. */
  void check(DomainTree definition, DomainId machine) throws VirtException {
    groups.check(definition, machine);
  }

  /** Has the threads of a run that starts run where, and as much as, its configuration says. */
  void place(Run run) throws VirtException {
    new VcpuPlug(run).start();
    CpuVerbs.pinAll(run);
    groups.settle(run, run.live.tree());
  }

  /**
   * What is started.
   *
   * @param environment of its own, each as {@code NAME=VALUE}
   * @param words of the command line
   * @param files that it finds open, from {@link #FIRST_FILE} on
   */
  record Program(List<String> environment, List<String> words, List<Path> files) {}

  /** Returns the words before those of a program that has files open; the JDK passes none on. */
  private static List<String> opening(List<Path> files) {
    if (files.isEmpty()) {
      return List.of();
    }
    StringBuilder script = new StringBuilder("exec");
    for (int i = 0; i < files.size(); i++) {
      script.append(" %d<>\"${%d}\"".formatted(FIRST_FILE + i, i + 1));
    }
    script.append("; shift ").append(files.size()).append("; exec \"$@\"");
    String shell = files.size() > MOST_FILES ? "bash" : "sh";
    List<String> words = new ArrayList<>(List.of(shell, "-c", script.toString(), shell));
    files.forEach(file -> words.add(file.toString()));
    return words;
  }

  /**
   * Starts QEMU for a run and connects to its monitor. Meanwhile it moves into its control group,
   * for which the kernel may take as long as QEMU does.
   */
  void launch(Run run, Program program, Undo undo, Runnable onDeath) throws VirtException {
    run.logStart(MachineLog.begin(run.paths.log(), program));
    try (ReadySocket ready = new ReadySocket(run.paths.ready())) {
      List<String> all = new ArrayList<>(opening(program.files()));
      all.addAll(Rights.words(run));
      if (!program.environment().isEmpty()) {
        // For QEMU alone: what runs before it has more rights than QEMU.
        all.add("env");
        all.addAll(program.environment());
      }
      all.addAll(program.words());
      QemuProcess process = spawn(all, run.paths.log());
      run.process(process);
      CompletableFuture<Void> grouped = groups.enter(run);
      undo.add(
          () -> {
            Waiting.await(grouped, START_LIMIT);
            groups.remove(run.id);
          });
      undo.add(() -> kill(run));
      watch.watch(
          process,
          () -> {
            run.dead.complete(null);
            onDeath.run();
          });
      if (!ready.await(run.dead, START_LIMIT)) {
        throw ended(run);
      }
      Groups.entered(grouped);
    }
    try {
      run.connect();
    } catch (VirtException e) {
      // QEMU that dies closes the monitor before it is known to be dead.
      if (e.code() == ErrorCode.OPERATION_FAILED) {
        throw ended(run);
      }
      throw e;
    }
  }

  private static VirtException ended(Run run) {
    String words = MachineLog.tail(run.paths.log(), run.logStart());
    return new VirtException(
        ErrorCode.OPERATION_FAILED,
        words.isEmpty() ? "QEMU did not start and wrote nothing" : "QEMU did not start: " + words);
  }

  /**
   * Starts QEMU in a session of its own, by {@link Rights#words}: it ends neither with this runtime
   * nor with its terminal.
   */
  private static QemuProcess spawn(List<String> words, Path log) throws VirtException {
    ProcessBuilder builder = new ProcessBuilder(words);
    Map<String, String> environment = builder.environment();
    String path = environment.get("PATH");
    environment.clear();
    environment.put("PATH", path == null ? "/usr/sbin:/usr/bin:/sbin:/bin" : path);
    environment.put("LC_ALL", "C");
    builder.directory(new File("/"));
    builder.redirectInput(new File("/dev/null"));
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      return QemuProcess.of(builder.start().pid());
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.SYSTEM_ERROR, "run " + words.get(0) + ": " + e.getMessage(), e);
    }
  }

  private static void kill(Run run) {
    run.expect(Reason.START_FAILED);
    run.process().kill();
    run.release();
    Waiting.await(run.dead, Duration.ofSeconds(KILL_SECONDS));
  }
}
