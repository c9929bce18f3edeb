package org.virt.driver.esx.internal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** A process of the simulator that {@code test/vcsim/build} makes; it ends with this object. */
final class Simulator implements AutoCloseable {
  static final Map<String, Object> SECRETS = Map.of("password.127.0.0.1", "secret word");

  private static final Path PROGRAM =
      Path.of(System.getProperty("virt.checkout", ".."), "test/target/vcsim");

  private final Process process;
  final int port;

  private Simulator(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts one, or has the test skipped where it was not built. */
  static Simulator start(String... options) throws IOException {
    Assumptions.assumeTrue(
        Files.isExecutable(PROGRAM), "no vSphere simulator: test/vcsim/build makes " + PROGRAM);
    List<String> command = new ArrayList<>(List.of(PROGRAM.toAbsolutePath().toString()));
    command.addAll(List.of(options));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    if (line == null || !line.startsWith("ready ")) {
      process.destroyForcibly();
      throw new IOException("the simulator did not start: " + line);
    }
    return new Simulator(process, Integer.parseInt(line.substring(6)));
  }

  URI uri(String scheme, String rest) {
    return URI.create(scheme + "://root@127.0.0.1:" + port + rest);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    process.getOutputStream().close();
    process.waitFor();
  }
}
