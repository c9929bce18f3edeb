package org.virt.learnip.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each attack that docs/security.md lists has its test. */
class SecurityPageTest {
  private static final List<String> FOLDERS =
      List.of(
          "org.virt.learnip/src/test/java",
          "org.virt.nwfilter/src/test/java",
          "test/host/src/test/java",
          "test/contract/src/main/java");

  private static final Pattern ROW = Pattern.compile("\\| \\d+ \\| .* \\| `(\\w+)#(\\w+)` \\|");
  private static final Pattern NUMBER = Pattern.compile("\\| (\\d+) \\| .*");
  private static final int LEAST = 40;

  private static Map<String, Path> tests(Path checkout) throws IOException {
    Map<String, Path> tests = new HashMap<>();
    for (String folder : FOLDERS) {
      try (Stream<Path> files = Files.walk(checkout.resolve(folder))) {
        files
            .filter(file -> file.toString().matches(".*(Test|Contract)\\.java"))
            .forEach(file -> tests.put(file.getFileName().toString().replace(".java", ""), file));
      }
    }
    return tests;
  }

  @Test
  void namesATestForEachAttack() throws IOException {
    Path checkout = Path.of(System.getProperty("virt.checkout", ".."));
    Map<String, Path> tests = tests(checkout);
    List<String> missing = new ArrayList<>();
    int rows = 0;
    for (String line : Files.readAllLines(checkout.resolve("docs/security.md"))) {
      Matcher row = ROW.matcher(line);
      Matcher number = NUMBER.matcher(line);
      if (number.matches()) {
        rows++;
        assertEquals(rows, Integer.parseInt(number.group(1)), line);
        assertTrue(row.matches(), line + " names no test");
        Path file = tests.get(row.group(1));
        String method = "@Test\n  void " + row.group(2) + "(";
        if (file == null || !Files.readString(file).contains(method)) {
          missing.add(row.group(1) + "#" + row.group(2));
        }
      }
    }
    assertEquals(List.of(), missing);
    assertTrue(rows >= LEAST, rows + " attacks");
  }
}
