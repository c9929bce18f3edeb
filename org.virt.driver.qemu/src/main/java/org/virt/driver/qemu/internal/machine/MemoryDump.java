package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.SaveVerbs.DumpFormat;
import org.virt.driver.qemu.internal.linux.DeviceFile;

/** Has QEMU write the guest's memory to a file, as a core that debuggers read. */
final class MemoryDump {
  private static final String FILE = "fd-dump";
  private static final Duration RELEASE_LIMIT = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofMillis(2);

  private static final Set<StandardOpenOption> NEW =
      Set.of(
          StandardOpenOption.CREATE,
          StandardOpenOption.WRITE,
          StandardOpenOption.TRUNCATE_EXISTING);
  private static final FileAttribute<?> FOR_US =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Run run;

  MemoryDump(Run run) {
    this.run = run;
  }

  /** Opens the file for QEMU, which may have no right to. */
  private void hand(Path file) throws VirtException {
    try (FileChannel empty = FileChannel.open(file, NEW, FOR_US);
        DeviceFile open = DeviceFile.open(file)) {
      run.hand(FILE, open.number());
    } catch (IOException e) {
      throw new VirtException(ErrorCode.WRITE_FAILED, "write " + file + ": " + e.getMessage(), e);
    }
  }

  void write(Path file, DumpFormat format, Job job) throws VirtException {
    hand(file);
    JsonObject dump = Json.object("paging", false, "protocol", "fd:" + FILE, "detach", true);
    if (format != DumpFormat.RAW) {
      dump.addProperty("format", format.text());
    }
    job.onCancel(
        () -> {
          throw new VirtException(
              ErrorCode.OPERATION_INVALID, "QEMU cannot end a dump of memory before it is done");
        });
    run.execute("dump-guest-memory", dump);
    JsonElement state = new Background(run, "query-dump", "DUMP_COMPLETED").end();
    awaitRelease();
    if (!Json.text(state, "status").equals("completed")) {
      MachineFiles.deleteQuietly(file);
      throw new VirtException(
          ErrorCode.OPERATION_FAILED, "QEMU could not write the dump to " + file);
    }
  }

  /** QEMU tells of the end a moment before the machine can be saved again. */
  private void awaitRelease() throws VirtException {
    long end = System.nanoTime() + RELEASE_LIMIT.toNanos();
    while (isHeld() && System.nanoTime() - end < 0) {
      if (Waiting.await(run.dead, LOOK)) {
        return;
      }
    }
  }

  private boolean isHeld() throws VirtException {
    JsonElement state = run.execute("query-migrate");
    for (JsonElement reason : Json.array(state.getAsJsonObject().get("blocked-reasons"))) {
      if (reason.getAsString().contains("dump-guest-memory")) {
        return true;
      }
    }
    return false;
  }
}
