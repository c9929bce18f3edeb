package org.virt.remote.internal.sasl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.virt.api.ErrorCode;
import org.virt.api.StateDirectory;
import org.virt.api.VirtException;

/**
 * Users with passwords, a line of a file each: {@code NAME SECRET}. It is read for each client, so
 * a change holds from then on. Safe for use by many threads.
 */
public final class ScramUsers {
  private static final String AREA = "remote";
  private static final String FILE = "users";
  private static final String NAME = "[^\\s\\p{Cntrl}=,]{1,256}";

  private final StateDirectory state;
  private final byte[] key = new byte[32];

  /** Makes it of the users in the state directory. */
  public ScramUsers(StateDirectory state) {
    this.state = state;
    new SecureRandom().nextBytes(key);
  }

  /** Gives a user a password, or takes it away. */
  public synchronized void set(String name, Optional<String> password) throws VirtException {
    String action = "set password of client " + name;
    if (!name.matches(NAME)) {
      throw new VirtException(ErrorCode.INVALID_ARG, action + ": the name is not allowed");
    }
    Map<String, String> users = read(action);
    if (password.isEmpty() && users.remove(name) == null) {
      throw new VirtException(ErrorCode.INVALID_ARG, action + ": there is no such user");
    }
    if (password.isPresent() && password.get().isEmpty()) {
      throw new VirtException(ErrorCode.INVALID_ARG, action + ": the password is empty");
    }
    if (password.isPresent()) {
      try {
        users.put(name, ScramSecret.of(password.get().toCharArray()).text());
      } catch (IllegalArgumentException e) {
        throw new VirtException(ErrorCode.INVALID_ARG, action + ": " + e.getMessage(), e);
      }
    }
    StringBuilder lines = new StringBuilder();
    users.forEach((user, secret) -> lines.append(user).append(' ').append(secret).append('\n'));
    state.write(file(), lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Returns what is kept of a user's password, or for somebody unknown what none fits. */
  ScramSecret find(String name) throws VirtException {
    String secret = read("authenticate client " + name).get(name);
    if (secret == null) {
      return ScramSecret.ofNobody(key, name);
    }
    try {
      return ScramSecret.parse(secret);
    } catch (IllegalArgumentException e) {
      throw new VirtException(
          ErrorCode.INTERNAL_ERROR, "read " + FILE + ": user " + name + ": " + e.getMessage(), e);
    }
  }

  private Path file() throws VirtException {
    return state.area(AREA).resolve(FILE);
  }

  private Map<String, String> read(String action) throws VirtException {
    Map<String, String> users = new TreeMap<>();
    try {
      for (String line : Files.readAllLines(file())) {
        int space = line.indexOf(' ');
        if (space > 0) {
          users.put(line.substring(0, space), line.substring(space + 1).strip());
        }
      }
    } catch (NoSuchFileException e) {
      return users;
    } catch (IOException e) {
      throw new VirtException(ErrorCode.READ_FAILED, action + ": " + e, e);
    }
    return users;
  }
}
