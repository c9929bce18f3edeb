package org.virt.driver.qemu.internal.argv;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;

/** Collects the words of a command line. For one thread. */
final class CommandLine {
  private final List<String> words = new ArrayList<>();

  /** Adds words as they are. */
  void add(String... more) {
    words.addAll(List.of(more));
  }

  /**
   * Adds an option whose value is JSON: members and values in turn, those that are null left out.
   */
  void json(String option, Object... members) {
    add(option, object(members).toString());
  }

  /** Makes an object of members and values in turn, those that are null left out. */
  static JsonObject object(Object... members) {
    JsonObject object = new JsonObject();
    for (int i = 0; i < members.length; i += 2) {
      JsonElement value = json(members[i + 1]);
      if (value != null) {
        object.add((String) members[i], value);
      }
    }
    return object;
  }

  private static JsonElement json(Object value) {
    if (value == null || value instanceof JsonElement) {
      return (JsonElement) value;
    }
    if (value instanceof Boolean truth) {
      return new JsonPrimitive(truth);
    }
    return value instanceof Number number
        ? new JsonPrimitive(number)
        : new JsonPrimitive((String) value);
  }

  /** Returns a value for QEMU's comma-separated options, in which a comma is written twice. */
  static String escape(String value) {
    return value.replace(",", ",,");
  }

  /** Returns all words. */
  List<String> words() {
    return List.copyOf(words);
  }
}
