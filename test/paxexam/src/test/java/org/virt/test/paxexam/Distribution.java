package org.virt.test.paxexam;

import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.ops4j.pax.exam.Option;

/** Names what run/target/dist holds, as Pax Exam options. */
final class Distribution {

  private static final String LOGGING = "(asm|org\\.apache\\.aries\\.spifly|slf4j-api|logback).*";

  private Distribution() {}

  /** The folder of bundles that the launcher starts. */
  static Path folder() {
    return Path.of(System.getProperty("virt.checkout"), "run", "target", "dist", "bundles");
  }

  /** Every jar of the distribution, by name. */
  static List<Path> jars() {
    try (Stream<Path> files = Files.list(folder())) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("list bundles in " + folder(), e);
    }
  }

  /** The jar of one bundle of ours, for instance {@code org.virt.learnip}. */
  static Path jar(String artifact) {
    return jars().stream()
        .filter(jar -> jar.getFileName().toString().matches("\\Q" + artifact + "\\E-[0-9].*"))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no " + artifact + " in " + folder()));
  }

  /** Installs and starts the whole distribution and JUnit. */
  static Option everything() {
    return composite(
        composite(jars().stream().map(Distribution::install).toArray(Option[]::new)),
        junitBundles());
  }

  private static Option install(Path jar) {
    // slf4j finds logback only when SPI Fly runs before the first logger is asked for.
    int startLevel = jar.getFileName().toString().matches(LOGGING) ? 1 : 4;
    return bundle("reference:" + jar.toUri()).startLevel(startLevel);
  }
}
