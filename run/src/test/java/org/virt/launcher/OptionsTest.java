package org.virt.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
  @Test
  void makesFoldersAbsolute() {
    Options options =
        Options.parse(List.of("--home", "/h/../x", "--dist", "d", "--etc", "/e", "--load", "/l"));

    assertEquals(Path.of("/x"), options.home());
    assertEquals(Path.of("d").toAbsolutePath(), options.installation());
  }

  @Test
  void namesWhatIsMissingOrUnknown() {
    assertEquals("missing option --dist", refusal("--home", "/h"));
    assertEquals("unknown option --frob", refusal("--frob", "x"));
    assertEquals("no value for --home", refusal("--home"));
  }

  private static String refusal(String... arguments) {
    return assertThrows(IllegalArgumentException.class, () -> Options.parse(List.of(arguments)))
        .getMessage();
  }
}
