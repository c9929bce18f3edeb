package org.virt.nwfilter.ebtables.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a restore tool reads. */
final class RestoreText {
  private static final Pattern PLACE = Pattern.compile("line:? (\\d+)");

  private final Family family;
  private final List<String> head = new ArrayList<>();
  private final List<Line> lines = new ArrayList<>();

  RestoreText(Family family) {
    this.family = family;
  }

  /** Makes a chain, or empties it when it is there, and fills it. */
  void chain(Chain chain) {
    String policy = family == Family.BRIDGE ? chain.policy() : "- [0:0]";
    head.add(":" + chain.name() + " " + policy);
    for (Line line : chain.lines()) {
      lines.add(new Line("-A " + chain.name() + " " + line.text(), line.origin()));
    }
  }

  /** The same for a chain whose lines have no origin. */
  void chain(String name, List<String> texts) {
    chain(new Chain(name, Chain.RETURN, texts.stream().map(Line::of).toList()));
  }

  /** Jumps from a chain of the kernel's own, before all others. */
  void hook(Family.Hook hook) {
    String jump = hook.condition() + "-j " + Dispatch.root(hook.direction());
    lines.add(Line.of("-I " + hook.chain() + " " + jump));
  }

  int size() {
    return head.size() + lines.size() + 2;
  }

  /** Returns where a rule was written that the tool complains about; empty when nobody knows. */
  String place(String complaint) {
    Matcher place = PLACE.matcher(complaint);
    if (!place.find()) {
      return "";
    }
    int number = Integer.parseInt(place.group(1)) - head.size() - 2;
    if (number < 0 || number >= lines.size()) {
      return "";
    }
    Line line = lines.get(number);
    return " (" + (line.origin().isEmpty() ? line.text() : line.origin()) + ")";
  }

  /** Returns the text with the origin of rules before them, for a person. */
  String explained() {
    StringBuilder text = new StringBuilder("*" + family.table() + '\n');
    head.forEach(line -> text.append(line).append('\n'));
    String last = "";
    for (Line line : lines) {
      if (!line.origin().isEmpty() && !line.origin().equals(last)) {
        text.append("# ").append(line.origin().replaceAll("\\p{Cntrl}", " ")).append('\n');
      }
      last = line.origin();
      text.append(line.text()).append('\n');
    }
    return text.append("COMMIT\n").toString();
  }

  /**
   * The tool keeps chains in a sorted list, which it searches from its start: with thousands of
   * them the order makes it fast or slow.
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("*" + family.table() + '\n');
    head.stream().sorted(Comparator.reverseOrder()).forEach(line -> text.append(line).append('\n'));
    lines.forEach(line -> text.append(line.text()).append('\n'));
    return text.append("COMMIT\n").toString();
  }
}
