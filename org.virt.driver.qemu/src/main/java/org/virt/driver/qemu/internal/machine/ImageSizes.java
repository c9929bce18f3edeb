package org.virt.driver.qemu.internal.machine;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.StatisticsVerbs.BlockInfo;
import org.virt.driver.qemu.internal.linux.FileSpace;

/** How large the image of a disk is that no machine uses now. */
final class ImageSizes {
  private static final int QCOW_MAGIC = 'Q' << 24 | 'F' << 16 | 'I' << 8 | 0xfb;

  /** The guest's bytes, after magic, version, and place and length of the backing file's name. */
  private static final int QCOW_SIZE = 24;

  private ImageSizes() {}

  /**
   * Reads them of a file or block device.
   *
   * @param format {@code qcow2}, whose head says what the guest sees; others are what they seem
   */
  static BlockInfo of(Path image, String format) throws VirtException {
    try (FileChannel file = FileChannel.open(image, StandardOpenOption.READ)) {
      long physical = file.size();
      long capacity = format.equals("qcow2") ? qcowSize(file) : physical;
      boolean plain = Files.isRegularFile(image);
      return new BlockInfo(capacity, plain ? FileSpace.allocated(image) : physical, physical);
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.SYSTEM_ERROR, "get the size of " + image + ": " + e.getMessage(), e);
    }
  }

  private static long qcowSize(FileChannel file) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(QCOW_SIZE + Long.BYTES);
    while (head.hasRemaining()) {
      if (file.read(head, head.position()) < 0) {
        throw new EOFException("it is no qcow2 image");
      }
    }
    if (head.getInt(0) != QCOW_MAGIC || head.getLong(QCOW_SIZE) < 0) {
      throw new IOException("it is no qcow2 image");
    }
    return head.getLong(QCOW_SIZE);
  }
}
