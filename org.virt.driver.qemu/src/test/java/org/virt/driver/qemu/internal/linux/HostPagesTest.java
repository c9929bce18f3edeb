package org.virt.driver.qemu.internal.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

class HostPagesTest {
  @TempDir Path nodes;

  private void cell(int number, long freeKib, int huge) throws IOException {
    Path folder = nodes.resolve("node" + number);
    Path pages = Files.createDirectories(folder.resolve("hugepages/hugepages-2048kB"));
    Files.writeString(pages.resolve("free_hugepages"), huge + "\n");
    String line = "Node %d MemTotal:  900000 kB\nNode %d MemFree:   %d kB\n";
    Files.writeString(folder.resolve("meminfo"), line.formatted(number, number, freeKib));
  }

  @Test
  void countsThemByCellAndSize() throws Exception {
    long usual = HostPages.usual();
    cell(0, 10 * usual, 3);
    cell(1, 7 * usual, 0);
    HostPages pages = new HostPages(nodes);
    assertEquals(List.of(usual, 2048L), pages.sizes(0));
    assertEquals(List.of(List.of(3L, 10L), List.of(0L, 7L)), pages.free(List.of(2048L, usual)));
    VirtException e = assertThrows(VirtException.class, () -> pages.free(List.of(17L)));
    assertEquals(ErrorCode.OPERATION_FAILED, e.code());
    assertEquals("page size 17 is not available on node 0", e.getMessage());
  }
}
