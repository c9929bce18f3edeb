package org.virt.driver.esx.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * Finds user and password of a host: in the file that the URI names ({@code authfile}, in libvirt's
 * format, docs "auth"), else in the driver's configuration. Never prints them.
 */
final class Secrets {
  private static final String DEFAULT_USER = "root";

  private final Map<String, Object> configuration;

  Secrets(Map<String, Object> configuration) {
    this.configuration = Map.copyOf(configuration);
  }

  /** User and password; its text is the user alone. */
  record Credentials(String user, String password) {
    @Override
    public String toString() {
      return user;
    }
  }

  Credentials find(EsxUri uri) throws VirtException {
    if (uri.authFile().isPresent()) {
      return fromFile(uri, uri.authFile().get());
    }
    String user = uri.user().orElseGet(() -> value("user." + uri.host()).orElse(DEFAULT_USER));
    String password =
        value("password." + user + "@" + uri.host())
            .or(() -> value("password." + uri.host()))
            .orElseThrow(
                () ->
                    denied(
                        uri,
                        "no password for user %s is known: set password.%s@%s in"
                                .formatted(user, user, uri.host())
                            + " org.virt.driver.esx.cfg, or name a file by ?authfile=PATH"));
    return new Credentials(user, password);
  }

  private Optional<String> value(String key) {
    return Optional.ofNullable(configuration.get(key)).map(Object::toString);
  }

  private static Credentials fromFile(EsxUri uri, Path file) throws VirtException {
    Map<String, Map<String, String>> groups;
    try {
      groups = groups(Files.readString(file));
    } catch (IOException e) {
      throw denied(uri, "cannot read " + file + ": " + e);
    }
    Map<String, String> auth = groups.get("auth-" + uri.scheme() + "-" + uri.host());
    if (auth == null) {
      auth = groups.get("auth-" + uri.scheme() + "-default");
    }
    Map<String, String> found =
        auth == null ? null : groups.get("credentials-" + auth.get("credentials"));
    if (found == null || found.get("password") == null) {
      throw denied(
          uri, "%s has no credentials for [auth-%s-%s]".formatted(file, uri.scheme(), uri.host()));
    }
    String user = uri.user().orElse(found.getOrDefault("username", DEFAULT_USER));
    return new Credentials(user, found.get("password"));
  }

  private static Map<String, Map<String, String>> groups(String text) {
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

  private static VirtException denied(EsxUri uri, String reason) {
    return new VirtException(
        ErrorCode.AUTH_FAILED, "log in to %s: %s".formatted(uri.base(), reason));
  }
}
