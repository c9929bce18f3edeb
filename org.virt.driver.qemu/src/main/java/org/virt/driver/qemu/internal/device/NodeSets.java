package org.virt.driver.qemu.internal.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Sets of numbers such as {@code 0-3,^2,7}. */
public final class NodeSets {
  private static final int MAX = 1 << 16;

  private NodeSets() {}

  /** Reads the set at a path, which must not be empty. */
  public static Set<Integer> parse(Node node, String path) throws VirtException {
    Set<Integer> set = new java.util.TreeSet<>();
    String text = node.require(path);
    for (String part : text.split(",", -1)) {
      String range = part.strip();
      boolean not = range.startsWith("^");
      String[] ends = (not ? range.substring(1) : range).split("-", 2);
      if (!ends[0].matches("[0-9]{1,5}") || !ends[ends.length - 1].matches("[0-9]{1,5}")) {
        throw Refusal.xml(node.path(path), "'" + text + "' is not a set of numbers");
      }
      int first = Integer.parseInt(ends[0]);
      int last = Integer.parseInt(ends[ends.length - 1]);
      if (last < first || last > MAX) {
        throw Refusal.xml(node.path(path), "'" + text + "' is not a set of numbers");
      }
      for (int i = first; i <= last; i++) {
        if (not) {
          set.remove(i);
        } else {
          set.add(i);
        }
      }
    }
    if (set.isEmpty()) {
      throw Refusal.xml(node.path(path), "'" + text + "' is empty");
    }
    return set;
  }

  /** Writes the set of an attribute, where it has one, in its shortest form. */
  public static void shorten(Node node, String attribute) throws VirtException {
    if (node.has("@" + attribute)) {
      node.set(attribute, print(parse(node, "@" + attribute)));
    }
  }

  /** Prints a set in its shortest form. */
  public static String print(Set<Integer> set) {
    List<String> parts = new ArrayList<>();
    List<Integer> all = new ArrayList<>(set);
    for (int i = 0; i < all.size(); ) {
      int end = i;
      while (end + 1 < all.size() && all.get(end + 1) == all.get(end) + 1) {
        end++;
      }
      parts.add(end == i ? all.get(i).toString() : all.get(i) + "-" + all.get(end));
      i = end + 1;
    }
    return String.join(",", parts);
  }
}
