package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BindingLogTest {
  @TempDir Path folder;

  private BindingLog open() {
    return new BindingLog(folder.resolve("bindings"));
  }

  private static BindingLog filled(BindingLog log) throws IOException {
    log.load();
    log.put(5, "<a>\n  ü\n</a>");
    log.put(6, "6 3 0\nnot a record\n");
    return log;
  }

  @Test
  void findsAgainWhatWasPut() throws IOException {
    BindingLog log = filled(open());
    log.put(5, "another");
    log.put(7, "seven");
    log.remove(7);
    log.close();
    assertEquals(Map.of(5, "another", 6, "6 3 0\nnot a record\n"), open().load());
  }

  @Test
  void losesOnlyWhatWasBeingWrittenWhenTheWriterWasKilled() throws IOException {
    filled(open()).close();
    Path file = folder.resolve("bindings");
    byte[] whole = Files.readAllBytes(file);
    BindingLog log = filled(open());
    log.put(9, "nine");
    log.close();
    byte[] more = Files.readAllBytes(file);
    for (int length = whole.length; length < more.length; length++) {
      Files.write(file, java.util.Arrays.copyOf(more, length));
      BindingLog cut = open();
      assertEquals(2, cut.load().size(), "cut at " + length);
      cut.put(10, "ten");
      cut.close();
      assertEquals("ten", open().load().get(10), "cut at " + length);
    }
  }

  @Test
  void ignoresWhatIsDamaged() throws IOException {
    filled(open()).close();
    Path file = folder.resolve("bindings");
    Files.writeString(file, "-1 5 x\nabcde\n", StandardOpenOption.APPEND);
    assertEquals(2, open().load().size());
    String text = Files.readString(file);
    Files.writeString(file, text.replace("ü", "u!"));
    assertEquals(Map.of(), open().load());
  }

  @Test
  void staysSmallHoweverOftenSomethingIsPut() throws IOException {
    BindingLog log = filled(open());
    String text = "x".repeat(10_000);
    for (int i = 0; i < 1000; i++) {
      log.put(8, text + i);
    }
    assertTrue(Files.size(folder.resolve("bindings")) < 2 << 20);
    log.close();
    assertEquals(text + 999, open().load().get(8));
  }
}
