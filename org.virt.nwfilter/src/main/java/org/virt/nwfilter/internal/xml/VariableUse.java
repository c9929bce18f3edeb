package org.virt.nwfilter.internal.xml;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One use of a variable.
 *
 * @param name without the dollar sign
 * @param element which of its values, from 0; absent for each
 * @param iterator number of the iterator that goes through its values; uses with the same number go
 *     on together, 0 unless written otherwise
 */
public record VariableUse(String name, OptionalInt element, int iterator) {
  private static final Pattern FORM =
      Pattern.compile("\\$([A-Za-z0-9_]+)(?:\\[ *(@?) *([0-9]{1,5}) *\\] *)?");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]+");
  private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9_.:]+");
  private static final int MAX = 65535;

  /**
   * Reads {@code $V}, {@code $V[2]} or {@code $V[@1]}; empty for another form. In the brackets and
   * behind them may be blanks, as with libvirt.
   */
  static Optional<VariableUse> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    String index = form.group(3);
    if (index == null) {
      return Optional.of(new VariableUse(form.group(1), OptionalInt.empty(), 0));
    }
    int number = Integer.parseInt(index);
    if (number > MAX) {
      return Optional.empty();
    }
    return Optional.of(
        form.group(2).isEmpty()
            ? new VariableUse(form.group(1), OptionalInt.of(number), 0)
            : new VariableUse(form.group(1), OptionalInt.empty(), number));
  }

  /** Says whether a text can be the name of a variable. */
  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /** Says whether a text can be a value of a variable. */
  static boolean isValue(String text) {
    return VALUE.matcher(text).matches();
  }

  /** Says whether it stands for each value, by the iterator that is used when none is written. */
  public boolean isPlain() {
    return element.isEmpty() && iterator == 0;
  }

  @Override
  public String toString() {
    if (element.isPresent()) {
      return "$" + name + "[" + element.getAsInt() + "]";
    }
    return iterator == 0 ? "$" + name : "$" + name + "[@" + iterator + "]";
  }
}
