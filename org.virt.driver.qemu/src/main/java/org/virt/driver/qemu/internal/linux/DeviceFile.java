package org.virt.driver.qemu.internal.linux;

import java.nio.file.Path;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * A device that is open for reading and writing.
 *
 * @param number of the open file
 */
public record DeviceFile(int number) implements AutoCloseable {
  /** Opens a device. */
  public static DeviceFile open(Path path) throws VirtException {
    int number = Libc.open(path.toString(), Libc.O_RDWR | Libc.O_CLOEXEC);
    if (number < 0) {
      throw new VirtException(ErrorCode.SYSTEM_ERROR, "open " + path + ": " + Libc.error());
    }
    return new DeviceFile(number);
  }

  @Override
  public void close() {
    Libc.close(number);
  }
}
