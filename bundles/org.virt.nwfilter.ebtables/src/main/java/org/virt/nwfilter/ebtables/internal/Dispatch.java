package org.virt.nwfilter.ebtables.internal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Finds a port's chains by the name of its interface. The tools compare one name after the other;
 * with many ports they are grouped by how their names begin, in a tree of chains.
 */
final class Dispatch {
  /**
   * Notes that a frame went through a port's program, for the programs of all ports: with thousands
   * of such lines the tool takes half of its time to read them (iptables 1.8.9 adds a target's
   * options to its table each time, and looks for every word there).
   */
  static final String SEEN = Label.COMMON + "seen";

  /** The same, and drops frames of two tags. */
  static final String TAGS = Label.COMMON + "tags";

  private static final List<String> TWO_TAGS =
      List.of(
          Marks.SET_SEEN,
          EtherType.is(EtherType.PROVIDER_VLAN) + "-j DROP",
          EtherType.behindTag(EtherType.VLAN) + "-j DROP",
          EtherType.behindTag(EtherType.PROVIDER_VLAN) + "-j DROP");

  private static final int MOST_IN_ONE = 12;
  private static final int DEEPEST = 4;
  private static final int HASH_BYTES = 6;

  private final Family family;
  private final String direction;
  private final Map<String, List<String>> chains = new TreeMap<>();

  private Dispatch(Family family, String direction) {
    this.family = family;
    this.direction = direction;
  }

  /** Returns the chains that all ports share and their lines. */
  static Map<String, List<String>> of(Family family, Ports ports) {
    Map<String, List<String>> chains = new LinkedHashMap<>();
    for (String direction : List.of(Label.OUT, Label.IN)) {
      chains.putAll(of(family, direction, ports.targets(direction)));
    }
    if (family == Family.BRIDGE && !ports.isEmpty()) {
      chains.put(SEEN, List.of(Marks.SET_SEEN));
      chains.put(TAGS, TWO_TAGS);
    }
    return chains;
  }

  /**
   * Returns the chains of a direction and their lines.
   *
   * @param ports the chains that a port's packets go through in turn, by its name
   */
  static Map<String, List<String>> of(
      Family family, String direction, NavigableMap<String, List<String>> ports) {
    Dispatch dispatch = new Dispatch(family, direction);
    dispatch.add(root(direction), ports, 1);
    return dispatch.chains;
  }

  /** Returns the chain that the kernel's own chains jump to. */
  static String root(String direction) {
    return Label.COMMON + direction;
  }

  private void add(String chain, NavigableMap<String, List<String>> ports, int depth) {
    List<String> lines = chains.computeIfAbsent(chain, c -> new ArrayList<>());
    if (ports.size() <= MOST_IN_ONE || depth == DEEPEST) {
      ports.forEach((name, targets) -> exact(lines, name, targets));
      return;
    }
    String common = commonStart(ports.firstKey(), ports.lastKey());
    TreeMap<String, NavigableMap<String, List<String>>> groups = new TreeMap<>();
    ports.forEach(
        (name, targets) -> {
          if (name.length() == common.length()) {
            exact(lines, name, targets);
          } else {
            String start = name.substring(0, common.length() + 1);
            groups.computeIfAbsent(start, s -> new TreeMap<>()).put(name, targets);
          }
        });
    groups.forEach(
        (start, group) -> {
          if (group.size() == 1) {
            group.forEach((name, targets) -> exact(lines, name, targets));
          } else {
            String node = root(direction) + "-" + hash(start);
            lines.add(family.port(direction, start + "+") + "-j " + node);
            add(node, group, depth + 1);
          }
        });
  }

  private void exact(List<String> lines, String name, List<String> targets) {
    targets.forEach(target -> lines.add(family.port(direction, name) + "-j " + target));
  }

  private static String commonStart(String first, String last) {
    int length = 0;
    while (length < Math.min(first.length(), last.length())
        && first.charAt(length) == last.charAt(length)) {
      length++;
    }
    return first.substring(0, length);
  }

  private static String hash(String start) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(start.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
