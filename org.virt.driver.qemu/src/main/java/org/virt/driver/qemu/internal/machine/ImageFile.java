package org.virt.driver.qemu.internal.machine;

import java.nio.file.Path;
import java.time.Duration;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.common.process.Command;
import org.virt.common.process.Result;

/** A disk image that is about to be. */
record ImageFile(Path path, String format) {
  /** Makes it, empty and of a size in bytes. */
  void create(long size, Duration limit) throws VirtException {
    if (!format.matches("raw|qcow2")) {
      throw new VirtException(
          ErrorCode.CONFIG_UNSUPPORTED, "an image of format '" + format + "' cannot be made");
    }
    Result result =
        Command.of("qemu-img", "create", "-q", "-f", format, path.toString(), Long.toString(size))
            .withLimit(limit)
            .run();
    if (!result.ok()) {
      throw new VirtException(
          ErrorCode.OPERATION_FAILED, "make image " + path + ": " + result.reason());
    }
  }
}
