package org.virt.nwfilter.ebtables.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Puts the lines of a chain in the place of the jump to it, where frames that come back from it are
 * accepted next and all others of their type are dropped in it: to come back is to be accepted
 * then. Chain, jump and the line that accepts are saved, each of which makes a commit of many ports
 * shorter.
 */
final class Guards {
  private static final Pattern TYPE = Pattern.compile("-p 0x[0-9a-f]{4} ");
  private static final String DROP = "DROP";
  private static final String ACCEPT = "ACCEPT";
  private static final String RETURN = "RETURN";
  private static final Set<String> VERDICTS = Set.of(DROP, ACCEPT, RETURN);

  /** By name, chains that drop all frames of one type but some. */
  private final Map<String, Chain> guards = new HashMap<>();

  private final Set<String> placed = new HashSet<>();

  private Guards(List<Chain> chains) {
    Map<String, List<String>> ways = new HashMap<>();
    for (Chain chain : chains) {
      for (Line line : chain.lines()) {
        ways.computeIfAbsent(line.target(), v -> new ArrayList<>()).add(line.condition());
      }
    }
    for (Chain chain : chains) {
      List<String> from = ways.getOrDefault(chain.name(), List.of());
      if (from.size() == 1 && isType(from.get(0)) && isGuard(chain, from.get(0))) {
        guards.put(chain.name(), chain);
      }
    }
  }

  /** Returns chains that do the same with every frame. */
  static List<Chain> of(List<Chain> chains) {
    Guards guards = new Guards(chains);
    List<Chain> result = chains.stream().map(guards::shortened).toList();
    return result.stream().filter(chain -> !guards.placed.contains(chain.name())).toList();
  }

  /** Says whether a condition is a type and nothing else. */
  private static boolean isType(String condition) {
    return TYPE.matcher(condition).matches();
  }

  /** Says whether a line asks for another type than this. */
  private static boolean isOfAnother(Line line, String type) {
    boolean typed = line.text().startsWith("-p 0x") || line.text().startsWith("-p LENGTH ");
    return typed && !line.text().startsWith(type);
  }

  private static boolean isGuard(Chain chain, String type) {
    List<Line> lines = chain.lines();
    for (int i = 0; i < lines.size(); i++) {
      String condition = lines.get(i).condition();
      boolean all = condition.isEmpty() || condition.equals(type);
      boolean last = i == lines.size() - 1;
      if (all != last || !all && !condition.startsWith(type)) {
        return false;
      }
      String verdict = lines.get(i).target();
      if (last ? !verdict.equals(DROP) : !VERDICTS.contains(verdict)) {
        return false;
      }
    }
    return !lines.isEmpty();
  }

  private Chain shortened(Chain chain) {
    List<Line> lines = new ArrayList<>(chain.lines());
    for (int i = lines.size() - 1; i >= 0; i--) {
      Chain guard = guards.get(lines.get(i).target());
      if (guard != null) {
        String type = lines.get(i).condition();
        List<Line> behind = lines.subList(i + 1, lines.size());
        Optional<Line> next = behind.stream().filter(line -> !isOfAnother(line, type)).findFirst();
        if (next.filter(line -> accepts(line, type)).isPresent()) {
          behind.removeIf(line -> line.text().startsWith(type));
          lines.remove(i);
          lines.addAll(i, placed(guard, type, next.get()));
        }
      }
    }
    return new Chain(chain.name(), chain.policy(), lines, chain.written());
  }

  private static boolean accepts(Line line, String type) {
    String condition = line.condition();
    return line.target().equals(ACCEPT) && (condition.isEmpty() || condition.equals(type));
  }

  private List<Line> placed(Chain guard, String type, Line next) {
    placed.add(guard.name());
    List<Line> lines = new ArrayList<>();
    for (Line line : guard.lines()) {
      String condition = line.condition().isEmpty() ? type : line.condition();
      boolean back = line.target().equals(RETURN);
      String verdict = back ? ACCEPT : line.target();
      String origin = back ? line.origin() + ", then " + next.origin() : line.origin();
      lines.add(new Line(condition + "-j " + verdict, origin, guard.written()));
    }
    return lines;
  }
}
