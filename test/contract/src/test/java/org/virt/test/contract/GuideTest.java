package org.virt.test.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/plugin-guide.md shows is the example's, or compiles with stand-ins beside it. */
class GuideTest {
  private static final Path TOP = Path.of("../..");
  private static final Path EXAMPLE = TOP.resolve("examples/org.example.acme/src");
  private static final Path API = TOP.resolve("org.virt.api/src/main/java");
  private static final Pattern SNIPPET =
      Pattern.compile("^```java\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern NAME =
      Pattern.compile("^(?:public )?(?:final )?(?:class|record) (\\w+)", Pattern.MULTILINE);

  @TempDir Path scratch;

  @Test
  void showsWhatCompiles() throws Exception {
    String example = String.join("\n", sources(EXAMPLE).stream().map(GuideTest::read).toList());
    List<Path> sources = new ArrayList<>(sources(Path.of("src/test/resources/guide")));
    int shown = 0;
    for (String snippet : snippets()) {
      Optional<String> name = NAME.matcher(snippet).results().map(m -> m.group(1)).findFirst();
      assertTrue(name.isPresent(), () -> "no class: " + snippet);
      if (Files.exists(in("main", name.get())) || Files.exists(in("test", name.get()))) {
        assertTrue(example.contains(snippet), () -> "not as in the example: " + snippet);
        shown++;
      } else {
        Path file = scratch.resolve(name.get() + ".java");
        sources.add(Files.writeString(file, imports() + snippet));
      }
    }
    assertTrue(shown > 0 && sources.size() > 3, "the guide shows nothing");
    sources.addAll(sources(EXAMPLE));
    assertEquals("", compile(sources));
  }

  private static List<String> snippets() {
    return SNIPPET
        .matcher(read(TOP.resolve("docs/plugin-guide.md")))
        .results()
        .map((MatchResult found) -> found.group(1))
        .toList();
  }

  private static Path in(String part, String name) {
    return EXAMPLE.resolve(part + "/java/org/example/acme/" + name + ".java");
  }

  /** Everything that a plug-in may import: the guide leaves that to the reader's editor. */
  private static String imports() throws IOException {
    Stream<String> ours =
        sources(API).stream()
            .map(API::relativize)
            .map(Path::getParent)
            .map(Path::toString)
            .distinct();
    Stream<String> others =
        Stream.of("java/net", "java/util", "org/osgi/service/component/annotations");
    Stream<String> nested = Stream.of("org/virt/api/nwfilter/PortAddress");
    return Stream.of(ours, others, nested)
        .flatMap(folders -> folders)
        .map(folder -> "import " + folder.replace('/', '.') + ".*;\n")
        .collect(Collectors.joining("", "package org.example.acme;\n", ""));
  }

  private String compile(List<Path> sources) throws IOException {
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    StringWriter said = new StringWriter();
    List<String> options =
        List.of(
            "-proc:none", "-cp", System.getProperty("java.class.path"), "-d", scratch.toString());
    try (StandardJavaFileManager files = javac.getStandardFileManager(null, null, null)) {
      Iterable<? extends JavaFileObject> objects = files.getJavaFileObjectsFromPaths(sources);
      boolean done = javac.getTask(said, files, null, options, null, objects).call();
      return done ? "" : said.toString();
    }
  }

  private static List<Path> sources(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
