package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.SaveVerbs.DumpFormat;

/** Has QEMU write the guest's memory to a file, as a core that debuggers read. */
final class MemoryDump {
  private final Run run;

  MemoryDump(Run run) {
    this.run = run;
  }

  void write(Path file, DumpFormat format, Job job) throws VirtException {
    JsonObject dump = Json.object("paging", false, "protocol", "file:" + file, "detach", true);
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
    if (!Json.text(state, "status").equals("completed")) {
      MachineFiles.deleteQuietly(file);
      throw new VirtException(
          ErrorCode.OPERATION_FAILED, "QEMU could not write the dump to " + file);
    }
  }
}
