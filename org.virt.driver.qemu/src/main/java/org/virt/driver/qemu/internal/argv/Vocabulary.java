package org.virt.driver.qemu.internal.argv;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/**
 * The words that libvirt documents for a machine of QEMU, and the forms of their values. What
 * stands in none of its pages would be passed over, and the guest would be another than its
 * definition says.
 */
final class Vocabulary {
  private static final String FILE = "vocabulary.txt";
  private static final String ALL = "*";
  private static final String REQUIRED = "!";

  private final Map<String, Map<String, Word>> words = new HashMap<>();

  /**
   * A word within an element.
   *
   * @param form of its value, null for any
   */
  private record Word(String name, boolean required, Pattern form) {}

  private Vocabulary(List<String> lines) {
    Map<String, String> forms = new HashMap<>();
    Map<String, Pattern> patterns = new HashMap<>();
    Map<String, List<String>> groups = new HashMap<>();
    for (String line : lines) {
      List<String> all = List.of(line.split(" ", -1));
      String first = all.get(0);
      if (first.isEmpty() || first.startsWith("#")) {
        continue;
      }
      if (first.startsWith("%")) {
        forms.put(first.substring(1), all.get(1));
        continue;
      }
      List<String> found = new ArrayList<>();
      for (String word : all.subList(1, all.size())) {
        found.addAll(word.startsWith("$") ? groups.get(word.substring(1)) : List.of(word));
      }
      String head = first.substring(0, first.length() - 1);
      if (first.endsWith("=")) {
        groups.put(head, found);
      } else {
        Map<String, Word> within = new LinkedHashMap<>();
        for (String word : found) {
          Word known = word(word, forms, patterns);
          within.put(known.name, known);
        }
        words.put(head, within);
      }
    }
  }

  private static Word word(String text, Map<String, String> forms, Map<String, Pattern> patterns) {
    int percent = text.indexOf('%');
    String name = percent < 0 ? text : text.substring(0, percent);
    String form = percent < 0 ? null : text.substring(percent + 1);
    boolean required = name.endsWith(REQUIRED);
    return new Word(
        required ? name.substring(0, name.length() - 1) : name,
        required,
        form == null
            ? null
            : patterns.computeIfAbsent(forms.getOrDefault(form, form), Pattern::compile));
  }

  /** Returns the path of the first attribute or element that is not known. */
  static Optional<String> firstUnknown(Node root) {
    return Table.INSTANCE.unknown(root, "");
  }

  /** Refuses a value that cannot stand where it does, and a missing one that must be there. */
  static void checkValues(Node root) throws VirtException {
    Table.INSTANCE.values(root, "");
  }

  private Map<String, Word> within(Node node, String parent) {
    Map<String, Word> own = words.get(parent + '/' + node.name());
    return own == null ? words.getOrDefault(node.name(), Map.of()) : own;
  }

  private void values(Node node, String parent) throws VirtException {
    for (Word word : within(node, parent).values()) {
      if (!word.name.startsWith("@")) {
        for (Node child : word.form == null ? List.<Node>of() : node.children(word.name)) {
          check(child.path(), child.text(), word);
        }
      } else if (node.has(word.name)) {
        check(node.path(word.name), node.get(word.name).strip(), word);
      } else if (word.required) {
        throw Refusal.xml(node.path(word.name), "missing");
      }
    }
    for (Node child : node.children()) {
      values(child, node.name());
    }
  }

  private static void check(String path, String value, Word word) throws VirtException {
    if (word.form != null && !word.form.matcher(value).matches()) {
      String form = word.form.pattern();
      throw Refusal.of(path, "'" + value + "' is not " + (isNumber(form) ? "a number" : form));
    }
  }

  private static boolean isNumber(String form) {
    return form.contains("[0-9");
  }

  private Optional<String> unknown(Node node, String parent) {
    Map<String, Word> known = within(node, parent);
    if (known.containsKey(ALL)) {
      return Optional.empty();
    }
    for (String attribute : node.attributes()) {
      if (!known.containsKey('@' + attribute) && !isForeign(attribute)) {
        return Optional.of(node.path("@" + attribute));
      }
    }
    for (Node child : node.children()) {
      if (known.containsKey(child.name())) {
        Optional<String> within = unknown(child, node.name());
        if (within.isPresent()) {
          return within;
        }
      } else if (!isForeign(child.name())) {
        return Optional.of(child.path());
      }
    }
    return Optional.empty();
  }

  /** What stands in a namespace of others is theirs, and no guest's. */
  private static boolean isForeign(String name) {
    return name.indexOf(':') > 0 && !name.startsWith("qemu:");
  }

  /** Read with the first machine. */
  private static final class Table {
    static final Vocabulary INSTANCE = read();

    private static Vocabulary read() {
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(
                  Vocabulary.class.getResourceAsStream(FILE), StandardCharsets.UTF_8))) {
        return new Vocabulary(lines.lines().toList());
      } catch (IOException e) {
        throw new UncheckedIOException("read " + FILE, e);
      }
    }
  }
}
