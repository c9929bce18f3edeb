package org.virt.driver.qemu.internal.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.StatisticsVerbs.BlockInfo;
import org.virt.common.process.Command;

class ImageSizesTest {
  @TempDir Path folder;
  private Path image;

  @BeforeEach
  void name() {
    image = folder.resolve("image");
  }

  private void write(int magic, long capacity, int length) throws IOException {
    byte[] bytes = new byte[length];
    ByteBuffer.wrap(bytes).putInt(0, magic).putInt(4, 3).putLong(24, capacity);
    Files.write(
        image,
        bytes,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE,
        StandardOpenOption.SYNC); // what it takes up changes no more
  }

  /** Returns the blocks of 512 bytes that the image takes up, as stat(1) tells them. */
  private long blocks() throws Exception {
    String told = Command.of("stat", "-c", "%b", image.toString()).require();
    return Long.parseLong(told.strip());
  }

  @Test
  void saysWhatTheGuestSees() throws Exception {
    write(0x514649fb, 20L << 30, 196_616);
    long allocated = blocks() * 512;
    assertEquals(new BlockInfo(20L << 30, allocated, 196_616), ImageSizes.of(image, "qcow2"));
    assertEquals(new BlockInfo(196_616, allocated, 196_616), ImageSizes.of(image, "raw"));
  }

  @Test
  void refusesWhatIsNoImage() throws Exception {
    write(0x12345678, 1, 40);
    assertRefused();
    write(0x514649fb, -1, 40);
    assertRefused();
    Files.write(image, new byte[20]);
    assertRefused();
    Files.delete(image);
    assertRefused();
  }

  private void assertRefused() {
    VirtException e = assertThrows(VirtException.class, () -> ImageSizes.of(image, "qcow2"));
    assertEquals(ErrorCode.SYSTEM_ERROR, e.code());
    assertTrue(e.getMessage().startsWith("get the size of " + image + ": "), e.getMessage());
  }
}
