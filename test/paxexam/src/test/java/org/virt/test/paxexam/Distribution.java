package org.virt.test.paxexam;

import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Constants;
import org.virt.api.StateDirectory;

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

  /** Installs and starts the whole distribution and JUnit, with a state directory of its own. */
  static Option everything() {
    return composite(
        frameworkProperty(StateDirectory.HOME).value(newHome().toString()),
        // Or Gogo reads the standard input, on which Surefire has things to say.
        frameworkProperty("gosh.args").value("--nointeractive"),
        frameworkProperty("gosh.home")
            .value(Path.of("target/test-classes").toAbsolutePath().toString()),
        composite(jars().stream().map(Distribution::install).toArray(Option[]::new)),
        junitBundles());
  }

  /** Returns a bundle's jar with another version in its manifest, as an update would bring it. */
  static byte[] withVersion(Path jar, String version) {
    try (JarInputStream in = new JarInputStream(Files.newInputStream(jar))) {
      Manifest manifest = new Manifest(in.getManifest());
      manifest.getMainAttributes().putValue(Constants.BUNDLE_VERSION, version);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (JarOutputStream out = new JarOutputStream(bytes, manifest)) {
        for (JarEntry entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
          out.putNextEntry(new JarEntry(entry.getName()));
          in.transferTo(out);
        }
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("read " + jar, e);
    }
  }

  /** In the build's own folder, so that a killed test leaves nothing elsewhere. */
  private static Path newHome() {
    try {
      return Files.createTempDirectory(Path.of("target").toAbsolutePath(), "home");
    } catch (IOException e) {
      throw new UncheckedIOException("make a state directory in target", e);
    }
  }

  private static Option install(Path jar) {
    // slf4j finds logback only when SPI Fly runs before the first logger is asked for.
    int startLevel = jar.getFileName().toString().matches(LOGGING) ? 1 : 4;
    return bundle("reference:" + jar.toUri()).startLevel(startLevel);
  }
}
