package org.virt.remote.internal.calls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.virt.rpc.Procedure;
import org.virt.rpc.Program;
import org.virt.rpc.Protocol;

/**
 * Holds the list of procedures in docs/compatibility.md to what is declared; with {@code
 * -Dvirt.write=true} it is written anew.
 */
class CompatibilityTest {
  private static final Path DOCUMENT =
      Path.of(System.getProperty("virt.checkout", "../.."), "docs/compatibility.md");
  private static final String BEGIN = "<!-- procedures: made by CompatibilityTest -->\n";
  private static final String END = "<!-- end of procedures -->\n";

  private final Declarations declarations = Declarations.all();

  @Test
  void listsWhatIsDeclared() throws IOException {
    String text = Files.readString(DOCUMENT, StandardCharsets.UTF_8);
    int begin = text.indexOf(BEGIN) + BEGIN.length();
    int end = text.indexOf(END);
    assertTrue(begin >= BEGIN.length() && end >= begin, "the list's place is in " + DOCUMENT);
    if (Boolean.getBoolean("virt.write")) {
      Files.writeString(DOCUMENT, text.substring(0, begin) + list() + text.substring(end));
      return;
    }
    assertEquals(list(), text.substring(begin, end));
  }

  private String list() {
    List<Procedure> all =
        Protocol.libvirt().procedures().stream()
            .filter(p -> p.program() == Program.REMOTE)
            .toList();
    long done = all.stream().filter(p -> state(p).equals("done")).count();
    long partly = all.stream().filter(p -> state(p).startsWith("partly")).count();
    StringBuilder list = new StringBuilder();
    list.append(
        "\nOf %d procedures and events: %d done, %d partly, %d not.\n\n"
            .formatted(all.size(), done, partly, all.size() - done - partly));
    list.append("| number | name | state |\n|---|---|---|\n");
    for (Procedure procedure : all) {
      list.append(
          "| %d | `%s` | %s |\n".formatted(procedure.number(), procedure.name(), state(procedure)));
    }
    return list.append('\n').toString();
  }

  private String state(Procedure procedure) {
    Optional<Declaration> declaration = declarations.find(procedure);
    if (declaration.isEmpty()) {
      return "not";
    }
    String lacks = declaration.get().lacks();
    return lacks.isEmpty() ? "done" : "partly: " + lacks;
  }
}
