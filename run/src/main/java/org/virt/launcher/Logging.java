package org.virt.launcher;

import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/**
 * The launcher's slf4j and logback, which bundles use too: the framework offers the packages of
 * slf4j as its own. So logging begins before the first bundle and ends after the last, and costs
 * half of what it costs as bundles.
 */
final class Logging {
  private static final List<String> PACKAGES =
      List.of("org.slf4j", "org.slf4j.event", "org.slf4j.helpers", "org.slf4j.spi");
  private static final List<String> JARS =
      List.of("slf4j-api-", "logback-classic-", "logback-core-");

  /**
   * Held, for the JDK forgets the level of a logger that nobody holds. SPI Fly names each provider
   * at INFO.
   */
  private static final Logger SPI_FLY = Logger.getLogger("org.apache.aries.spifly");

  private Logging() {}

  /**
   * Begins to log into the home as a file says. Logback reads that on a thread of its own, while
   * bundles are installed.
   */
  static void start(Options options) {
    System.setProperty(
        "logback.configurationFile", options.configuration().resolve("logback.xml").toString());
    SPI_FLY.setLevel(Level.WARNING);
    Thread thread = new Thread(LoggerFactory::getILoggerFactory, "virt-launcher-logging");
    thread.setDaemon(true);
    thread.start();
  }

  /** Returns slf4j's packages with their version, as the framework takes them. */
  static String packages() {
    String version = LoggerFactory.class.getPackage().getImplementationVersion();
    return PACKAGES.stream()
        .map(name -> name + ";version=" + version)
        .collect(Collectors.joining(","));
  }

  /** Says whether a jar of the installation is on our class path. */
  static boolean isPart(Path jar) {
    return JARS.stream().anyMatch(jar.getFileName().toString()::startsWith);
  }
}
