package org.virt.nwfilter.ebtables.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Drops tagged frames where they would else jump to a chain of their protocol that drops them all:
 * neither the jump nor the line there is needed then. Each line that is saved makes a commit of
 * many ports shorter.
 */
final class TagDrops {
  private static final String DROP = "-j DROP";
  private static final List<String> TYPES = List.of("0x0800", "0x86dd", "0x0806", "0x8035");

  /** By name of a chain, the line that drops all tagged frames that get to it. */
  private final Map<String, Line> dropping = new HashMap<>();

  private TagDrops(List<Chain> chains) {
    Map<String, Set<String>> ways = new HashMap<>();
    chains.forEach(chain -> ways.put(chain.name(), new HashSet<>()));
    for (Chain chain : chains) {
      for (Line line : chain.lines()) {
        ways.getOrDefault(line.target(), new HashSet<>()).add(line.condition());
      }
    }
    for (Chain chain : chains) {
      for (String type : TYPES) {
        if (ways.get(chain.name()).equals(Set.of(plain(type), tagged(type)))) {
          findDrop(chain, type);
        }
      }
    }
  }

  /** Returns chains that do the same with every frame. */
  static List<Chain> of(List<Chain> chains) {
    TagDrops drops = new TagDrops(chains);
    return chains.stream().map(drops::shortened).toList();
  }

  private static String plain(String type) {
    return "-p " + type + " ";
  }

  private static String tagged(String type) {
    return "-p 0x8100 --vlan-encap " + type + " ";
  }

  private void findDrop(Chain chain, String type) {
    for (Line line : chain.lines()) {
      String text = line.text();
      if (text.equals(DROP) || text.equals(tagged(type) + DROP)) {
        dropping.put(chain.name(), new Line(tagged(type) + DROP, line.origin()));
        return;
      }
      if (!text.startsWith(plain(type))) {
        return;
      }
    }
  }

  private Chain shortened(Chain chain) {
    List<Line> lines = new ArrayList<>();
    Set<String> dropped = new HashSet<>();
    for (Line line : chain.lines()) {
      Line drop = dropping.get(line.target());
      Line next = drop != null && drop.text().startsWith(line.condition()) ? drop : line;
      if (next.text().endsWith(" " + DROP) && isTagged(next)) {
        boolean first = dropped.add(next.condition());
        if (!first || isAway(chain, next)) {
          continue;
        }
      } else if (isTagged(next) && dropped.stream().anyMatch(next.text()::startsWith)) {
        continue;
      }
      lines.add(next);
    }
    return new Chain(chain.name(), chain.policy(), lines, chain.written());
  }

  private static boolean isTagged(Line line) {
    return TYPES.stream().anyMatch(type -> line.text().startsWith(tagged(type)));
  }

  /** Says whether a line is what tagged frames do not get to any more. */
  private boolean isAway(Chain chain, Line line) {
    Line drop = dropping.get(chain.name());
    return drop != null && drop.text().equals(line.text());
  }
}
