package org.virt.launcher;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/**
 * What the launcher was asked to do.
 *
 * @param home absolute path of the folder that outlives the runtime
 * @param installation absolute path of the folder with {@code lib}, {@code bundles}
 * @param configuration absolute path of the folder with {@code virt.properties} and {@code
 *     logback.xml}
 * @param load absolute path of the hot-deploy folder
 */
record Options(Path home, Path installation, Path configuration, Path load) {

  /**
   * Reads {@code --home DIR --dist DIR --etc DIR --load DIR}, in any order.
   *
   * @throws IllegalArgumentException for anything else, or when one is missing; the message names
   *     it
   */
  static Options parse(List<String> arguments) {
    Path home = null;
    Path dist = null;
    Path etc = null;
    Path load = null;
    for (Iterator<String> rest = arguments.iterator(); rest.hasNext(); ) {
      String option = rest.next();
      if (!rest.hasNext()) {
        throw new IllegalArgumentException("no value for " + option);
      }
      Path value = Path.of(rest.next()).toAbsolutePath().normalize();
      switch (option) {
        case "--home" -> home = value;
        case "--dist" -> dist = value;
        case "--etc" -> etc = value;
        case "--load" -> load = value;
        default -> throw new IllegalArgumentException("unknown option " + option);
      }
    }
    return new Options(
        required(home, "--home"),
        required(dist, "--dist"),
        required(etc, "--etc"),
        required(load, "--load"));
  }

  private static Path required(Path value, String option) {
    if (value == null) {
      throw new IllegalArgumentException("missing option " + option);
    }
    return value;
  }
}
