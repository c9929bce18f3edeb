package org.virt.api.auth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * libvirt's file of credentials (libvirt's docs, "Connection authentication"). Each look-up reads
 * it anew.
 */
public final class AuthFile {
  private static final String VARIABLE = "LIBVIRT_AUTH_FILE";
  private static final String NAME = "libvirt/auth.conf";

  private final Path path;

  private AuthFile(Path path) {
    this.path = path;
  }

  /**
   * Finds the file, as libvirt does: the environment's {@code LIBVIRT_AUTH_FILE}, the one that a
   * URI names, the user's, the host's; absent when there is none.
   *
   * @param named by the URI's parameter {@code authfile}
   * @param environment of the process
   */
  public static Optional<AuthFile> find(Optional<String> named, Map<String, String> environment)
      throws VirtException {
    try {
      return value(environment, VARIABLE)
          .or(() -> named)
          .map(Path::of)
          .or(() -> users(environment).filter(Files::exists))
          .or(() -> Optional.of(Path.of("/etc", NAME)).filter(Files::exists))
          .map(AuthFile::new);
    } catch (InvalidPathException e) {
      throw new VirtException(
          ErrorCode.INVALID_ARG, "find the file of credentials: " + e.getMessage(), e);
    }
  }

  private static Optional<Path> users(Map<String, String> environment) {
    return value(environment, "XDG_CONFIG_HOME")
        .map(Path::of)
        .or(() -> value(environment, "HOME").map(home -> Path.of(home, ".config")))
        .map(folder -> folder.resolve(NAME));
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }

  /**
   * Looks the credentials for a host up, or else those of the service's default.
   *
   * @param service such as {@code esx} or {@code libvirt}
   * @return by libvirt's keys {@code username}, {@code authname}, {@code password}, {@code realm};
   *     empty when the file says nothing about that host
   * @throws VirtException {@code CONF_SYNTAX} when it contradicts itself or cannot be read
   */
  public Map<String, Credential> lookUp(String service, String host) throws VirtException {
    Map<String, Map<String, String>> groups = groups();
    String group = "auth-" + service + "-" + host;
    if (!groups.containsKey(group)) {
      group = "auth-" + service + "-default";
    }
    if (!groups.containsKey(group)) {
      return Map.of();
    }
    String name = groups.get(group).get("credentials");
    if (name == null) {
      throw wrong("[%s] has no item 'credentials'".formatted(group));
    }
    Map<String, String> found = groups.get("credentials-" + name);
    if (found == null) {
      throw wrong("there is no [credentials-%s], which [%s] names".formatted(name, group));
    }
    Map<String, Credential> credentials = new HashMap<>();
    found.forEach((key, value) -> credentials.put(key, Credential.of(value)));
    return credentials;
  }

  private Map<String, Map<String, String>> groups() throws VirtException {
    String text;
    try {
      text = Files.readString(path);
    } catch (IOException e) {
      throw wrong("cannot read it: " + e);
    }
    Map<String, Map<String, String>> groups = new HashMap<>();
    Map<String, String> current = new HashMap<>();
    for (String line : text.lines().map(String::strip).toList()) {
      int equals = line.indexOf('=');
      if (line.startsWith("[") && line.endsWith("]")) {
        current =
            groups.computeIfAbsent(line.substring(1, line.length() - 1), name -> new HashMap<>());
      } else if (!line.startsWith("#") && equals > 0) {
        current.put(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
      }
    }
    return groups;
  }

  private VirtException wrong(String reason) {
    return new VirtException(
        ErrorCode.CONF_SYNTAX, "look up credentials in %s: %s".formatted(path, reason));
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
