package org.virt.driver.qemu.internal.argv;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virt.driver.qemu.internal.guest.Node;

/**
 * The words that libvirt documents for a machine of QEMU: what stands in none of its pages would be
 * passed over, and the guest would be another than its definition says.
 */
final class Vocabulary {
  private static final String FILE = "vocabulary.txt";
  private static final String ALL = "*";

  private final Map<String, Set<String>> words = new HashMap<>();

  private Vocabulary(List<String> lines) {
    Map<String, List<String>> groups = new HashMap<>();
    for (String line : lines) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      List<String> all = List.of(line.split(" ", -1));
      String head = all.get(0).substring(0, all.get(0).length() - 1);
      List<String> found = new ArrayList<>();
      for (String word : all.subList(1, all.size())) {
        found.addAll(word.startsWith("$") ? groups.get(word.substring(1)) : List.of(word));
      }
      if (all.get(0).endsWith("=")) {
        groups.put(head, found);
      } else {
        words.put(head, new HashSet<>(found));
      }
    }
  }

  /** Returns the path of the first attribute or element that is not known. */
  static Optional<String> firstUnknown(Node root) {
    return Table.INSTANCE.unknown(root, "");
  }

  private Optional<String> unknown(Node node, String parent) {
    Set<String> known = words.get(parent + '/' + node.name());
    if (known == null) {
      known = words.getOrDefault(node.name(), Set.of());
    }
    if (known.contains(ALL)) {
      return Optional.empty();
    }
    for (String attribute : node.attributes()) {
      if (!known.contains('@' + attribute) && !isForeign(attribute)) {
        return Optional.of(node.path("@" + attribute));
      }
    }
    for (Node child : node.children()) {
      if (known.contains(child.name())) {
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

  /** Read with the first machine that is started. */
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
