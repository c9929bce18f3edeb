package org.virt.driver.qemu.internal.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.TypedParameters;

class SamePagesTest {
  @TempDir Path folder;
  private SamePages pages;

  @BeforeEach
  void make() throws IOException {
    Files.writeString(folder.resolve("pages_to_scan"), "100\n");
    Files.writeString(folder.resolve("sleep_millisecs"), "20\n");
    Files.writeString(folder.resolve("full_scans"), "5000000000\n");
    pages = new SamePages(folder);
  }

  @Test
  void readsWhatThereIs() throws VirtException {
    assertEquals(
        TypedParameters.builder()
            .uint("shm_pages_to_scan", 100)
            .uint("shm_sleep_millisecs", 20)
            .ullong("shm_full_scans", 5_000_000_000L)
            .build(),
        pages.read());
  }

  @Test
  void writesSettings() throws Exception {
    pages.write(
        TypedParameters.builder()
            .uint("shm_pages_to_scan", 4_000_000_000L)
            .uint("shm_sleep_millisecs", 0)
            .build());
    assertEquals("4000000000", Files.readString(folder.resolve("pages_to_scan")));
    assertEquals("0", Files.readString(folder.resolve("sleep_millisecs")));
  }

  @Test
  void writesNothingWhereOneIsWrong() throws IOException {
    refuses(ErrorCode.INVALID_ARG, TypedParameters.builder().uint("shm_full_scans", 1));
    refuses(ErrorCode.INVALID_ARG, TypedParameters.builder().uint("shm_../pages_to_scan", 1));
    refuses(ErrorCode.INVALID_ARG, TypedParameters.builder().uint("pages_to_scan", 1));
    refuses(ErrorCode.INVALID_ARG, TypedParameters.builder().llong("shm_sleep_millisecs", -1));
    refuses(ErrorCode.INVALID_ARG, TypedParameters.builder().uint("shm_merge_across_nodes", 2));
    refuses(
        ErrorCode.OPERATION_UNSUPPORTED,
        TypedParameters.builder().uint("shm_merge_across_nodes", 1));
  }

  private void refuses(ErrorCode code, TypedParameters.Builder wrong) throws IOException {
    TypedParameters both =
        TypedParameters.builder().uint("shm_pages_to_scan", 7).addAll(wrong.build()).build();
    assertEquals(code, assertThrows(VirtException.class, () -> pages.write(both)).code());
    assertEquals("100\n", Files.readString(folder.resolve("pages_to_scan")));
  }
}
