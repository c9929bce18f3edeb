package org.virt.driver.remote.internal.transport;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Finds the socket that a URI means when it names none, as libvirt does. */
final class SocketPath {
  private static final String SYSTEM_FOLDER = "/var/run/libvirt";
  private static final String SOCKET = "libvirt-sock";

  private final Map<String, String> environment;

  SocketPath(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Returns the socket on this host. */
  Path find(Target target) {
    Optional<String> given = target.option("socket");
    if (given.isPresent()) {
      return Path.of(given.get());
    }
    Path folder = isSession(target) ? sessionFolder() : Path.of(SYSTEM_FOLDER);
    Path all = folder.resolve(SOCKET);
    Path one = folder.resolve(modular(target));
    return switch (target.option("mode").orElse("auto")) {
      case "legacy" -> all;
      case "direct" -> one;
      default -> !Files.exists(all) && Files.exists(one) ? one : all;
    };
  }

  /** Returns the socket on another host, where nothing can be looked at. */
  static String elsewhere(Target target) {
    return target
        .option("socket")
        .orElseGet(
            () ->
                target.option("mode").orElse("auto").equals("direct")
                    ? SYSTEM_FOLDER + "/" + modular(target)
                    : SYSTEM_FOLDER + "/" + SOCKET);
  }

  /** libvirt can be split into a daemon for each driver. */
  private static String modular(Target target) {
    return "virt" + target.driver() + "d-sock";
  }

  private static boolean isSession(Target target) {
    return "/session".equals(target.uri().getPath());
  }

  private Path sessionFolder() {
    String runtime = environment.get("XDG_RUNTIME_DIR");
    Path folder =
        runtime == null || runtime.isEmpty()
            ? Path.of(environment.getOrDefault("HOME", "/"), ".cache")
            : Path.of(runtime);
    return folder.resolve("libvirt");
  }
}
