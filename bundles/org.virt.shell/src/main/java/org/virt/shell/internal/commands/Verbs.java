package org.virt.shell.internal.commands;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.virt.api.domain.Affects;
import org.virt.api.domain.TypedParameters;
import org.virt.shell.internal.command.Arguments;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Group;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.UsageException;

/** What the commands of machines have in common. */
final class Verbs {
  static final String DOMAIN = "domain";
  static final String ANY = "domain name, id or uuid";

  private static final long KIB = 1024;
  private static final String UNITS = "kmgtpe";

  private Verbs() {}

  /** Begins a command about one machine. */
  static Command.Builder domain(String name, Group group, String summary) {
    return Command.named(name, group, summary).argument(DOMAIN, ANY, Values.DOMAIN);
  }

  /** Begins a command about one machine. */
  static Command.Builder domain(String name, String summary) {
    return domain(name, Group.DOMAIN, summary);
  }

  /** Adds the flags that say what is meant. */
  static Command.Builder affecting(Command.Builder command) {
    return command
        .flag("config", "the definition, for the next start")
        .flag("live", "the running domain")
        .flag("current", "the running domain if it is active, else the definition");
  }

  /** Returns what those flags say. */
  static Affects affects(Invocation call) throws UsageException {
    Arguments arguments = call.arguments();
    boolean live = arguments.has("live");
    boolean config = arguments.has("config");
    if (arguments.has("current") && (live || config)) {
      throw new UsageException(
          "Options --current and --" + (live ? "live" : "config") + " are mutually exclusive");
    }
    if (live) {
      return config ? Affects.LIVE_AND_CONFIG : Affects.LIVE;
    }
    return config ? Affects.CONFIG : Affects.CURRENT;
  }

  /** Returns a facet of the machine that the command is about. */
  static <F> F of(Invocation call, Class<F> facet) throws CommandException {
    return call.domain().facet(facet);
  }

  /** Returns a facet of the connection. */
  static <F> F host(Invocation call, Class<F> facet) throws CommandException {
    return call.connect().facet(facet);
  }

  /** Returns the name that was given. */
  static String name(Invocation call) {
    return call.arguments().required(DOMAIN);
  }

  /** Returns the number of an option, if it was given. */
  static OptionalLong number(Invocation call, String option) throws UsageException {
    Optional<String> text = call.arguments().value(option);
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(text.get()));
    } catch (NumberFormatException e) {
      throw malformed(option, text.get());
    }
  }

  /** Returns the number of an option that is given and not negative. */
  static int count(Invocation call, String option) throws UsageException {
    String text = call.arguments().required(option);
    try {
      int value = Integer.parseInt(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw malformed(option, text);
  }

  /**
   * Reads an amount with or without a unit, such as {@code 512M}, {@code 1GiB}, {@code 5GB}.
   *
   * @param scale bytes of one without a unit
   * @return bytes
   */
  static long bytes(String option, String text, long scale) throws UsageException {
    String number = text.replaceFirst("[A-Za-z]*$", "");
    String unit = text.substring(number.length()).toLowerCase(Locale.ROOT);
    try {
      long value = Long.parseLong(number);
      if (value >= 0) {
        return Math.multiplyExact(value, factor(unit, scale));
      }
    } catch (IllegalArgumentException | ArithmeticException e) {
      // Told below.
    }
    throw malformed(option, text);
  }

  private static long factor(String unit, long scale) {
    if (unit.isEmpty()) {
      return scale;
    }
    if (unit.equals("b") || unit.equals("bytes")) {
      return 1;
    }
    int power = UNITS.indexOf(unit.charAt(0)) + 1;
    String rest = unit.substring(1);
    if (power == 0 || !rest.matches("|b|ib")) {
      throw new IllegalArgumentException(unit);
    }
    long base = rest.equals("b") ? 1000 : KIB;
    long factor = 1;
    for (int i = 0; i < power; i++) {
      factor = Math.multiplyExact(factor, base);
    }
    return factor;
  }

  static UsageException malformed(String option, String text) {
    return new UsageException(
        "Numeric value '" + text + "' for <" + option + "> option is malformed or out of range");
  }

  /** Prints typed parameters, one a line. */
  static void print(Invocation call, TypedParameters parameters) {
    parameters.list().forEach(p -> line(call, p.name(), p.text()));
  }

  /** Prints a name and a value as virsh aligns them. */
  static void line(Invocation call, String name, String value) {
    call.out().println("%-15s: %s".formatted(name, value));
  }

  /** Returns a constant by its name in lower case with hyphens. */
  static <E extends Enum<E>> E constant(Class<E> type, String text, String what)
      throws CommandException {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().replace('_', '-').equalsIgnoreCase(text)) {
        return constant;
      }
    }
    throw new CommandException("Unknown " + what + " '" + text + "'");
  }
}
