package org.virt.driver.esx.internal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A process of the simulator that {@code test/vcsim/build} makes; it ends with this object, and its
 * datastores, which it has in temporary folders, with it.
 */
final class Simulator implements AutoCloseable {
  static final Map<String, Object> SECRETS = Map.of("password.127.0.0.1", "secret word");

  private static final Path PROGRAM =
      Path.of(System.getProperty("virt.checkout", ".."), "test/target/vcsim");

  private final Process process;
  private final Path folder;
  final int port;

  private Simulator(Process process, Path folder, int port) {
    this.process = process;
    this.folder = folder;
    this.port = port;
  }

  /** Starts one, or has the test skipped where it was not built. */
  static Simulator start(String... options) throws IOException {
    Assumptions.assumeTrue(
        Files.isExecutable(PROGRAM), "no vSphere simulator: test/vcsim/build makes " + PROGRAM);
    List<String> command = new ArrayList<>(List.of(PROGRAM.toAbsolutePath().toString()));
    command.addAll(List.of(options));
    Path folder = Files.createTempDirectory("virt-vcsim");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("TMPDIR", folder.toString());
    Process process = builder.start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    if (line == null || !line.startsWith("ready ")) {
      process.destroyForcibly();
      remove(folder);
      throw new IOException("the simulator did not start: " + line);
    }
    return new Simulator(process, folder, Integer.parseInt(line.substring(6)));
  }

  URI uri(String scheme, String rest) {
    return URI.create(scheme + "://root@127.0.0.1:" + port + rest);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    process.getOutputStream().close();
    process.waitFor();
    remove(folder);
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
