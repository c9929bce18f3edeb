package org.virt.shell.internal.commands;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.virt.api.domain.ScreenVerbs.KeyCodes;
import org.virt.shell.internal.command.CommandException;

/** Names of keys: those of Linux (input-event-codes(7)); other sets are given by number. */
final class KeyNames {
  private static final int MAX = 0xffff;

  private KeyNames() {}

  static List<Integer> codes(KeyCodes set, List<String> keys) throws CommandException {
    Map<String, Integer> names = set == KeyCodes.LINUX ? linux() : Map.of();
    List<Integer> codes = new java.util.ArrayList<>();
    for (String key : keys) {
      Integer code = names.get(key);
      codes.add(code == null ? number(key) : code);
    }
    return codes;
  }

  private static int number(String key) throws CommandException {
    try {
      int code = Integer.decode(key);
      if (code > 0 && code <= MAX) {
        return code;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new CommandException("invalid keycode: '" + key + "'");
  }

  private static Map<String, Integer> linux() {
    Map<String, Integer> names = new HashMap<>();
    try (InputStream in = KeyNames.class.getResourceAsStream("keys.txt")) {
      new String(in.readAllBytes(), StandardCharsets.US_ASCII)
          .lines()
          .map(line -> line.split(" ", -1))
          .forEach(pair -> names.put(pair[0], Integer.parseInt(pair[1])));
    } catch (IOException e) {
      throw new UncheckedIOException("read the names of keys", e);
    }
    return names;
  }
}
