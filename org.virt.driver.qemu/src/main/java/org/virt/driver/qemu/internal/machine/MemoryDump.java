package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.SaveVerbs.DumpFormat;

/** Has QEMU write the guest's memory to a file, as a core that debuggers read. */
final class MemoryDump {
  private static final long POLL_NANOS = 10_000_000;

  private final Run run;

  MemoryDump(Run run) {
    this.run = run;
  }

  void write(Path file, DumpFormat format) throws VirtException {
    JsonObject dump = Json.object("paging", false, "protocol", "file:" + file, "detach", true);
    if (format != DumpFormat.RAW) {
      dump.addProperty("format", format.text());
    }
    run.execute("dump-guest-memory", dump);
    while (true) {
      JsonElement state = run.execute("query-dump");
      switch (Json.text(state, "status")) {
        case "completed" -> {
          return;
        }
        case "failed" -> {
          MachineFiles.deleteQuietly(file);
          throw new VirtException(
              ErrorCode.OPERATION_FAILED, "QEMU could not write the dump to " + file);
        }
        default -> {
          // QEMU cannot end a dump before it is done.
          LockSupport.parkNanos(POLL_NANOS);
        }
      }
    }
  }
}
