package org.virt.shell.internal.command;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The arguments of one call, by name of parameter. */
public final class Arguments {
  private final Map<String, List<String>> values;

  private Arguments(Map<String, List<String>> values) {
    this.values = values;
  }

  /**
   * Sorts a list of arguments by the declaration of a command, as virsh does: options anywhere,
   * {@code --name VALUE} or {@code --name=VALUE}, after {@code --} arguments only.
   *
   * @throws UsageException for an unknown option, a missing or superfluous argument
   */
  static Arguments parse(Command command, List<String> given) throws UsageException {
    Map<String, List<String>> values = new HashMap<>();
    List<String> positional = new ArrayList<>();
    boolean options = true;
    for (Iterator<String> rest = given.iterator(); rest.hasNext(); ) {
      String word = rest.next();
      if (options && word.equals("--")) {
        options = false;
      } else if (options && word.startsWith("--")) {
        option(command, word.substring(2), rest, values);
      } else {
        positional.add(word);
      }
    }
    place(command, positional, values);
    return new Arguments(values);
  }

  private static void option(
      Command command, String word, Iterator<String> rest, Map<String, List<String>> values)
      throws UsageException {
    int equals = word.indexOf('=');
    String name = equals < 0 ? word : word.substring(0, equals);
    Parameter parameter =
        command
            .parameter(name)
            .orElseThrow(
                () ->
                    new UsageException(
                        "command '" + command.name() + "' doesn't support option --" + name));
    if (parameter.kind() == Parameter.Kind.FLAG) {
      if (equals >= 0) {
        throw new UsageException("invalid '=' after option --" + name);
      }
      values.put(name, List.of());
      return;
    }
    if (equals < 0 && !rest.hasNext()) {
      throw new UsageException("expected syntax: --" + name + " <string>");
    }
    add(parameter, equals < 0 ? rest.next() : word.substring(equals + 1), values);
  }

  private static void place(
      Command command, List<String> positional, Map<String, List<String>> values)
      throws UsageException {
    Iterator<String> rest = positional.iterator();
    for (Parameter parameter : command.parameters()) {
      if (parameter.isArgument() && !values.containsKey(parameter.name())) {
        if (rest.hasNext()) {
          add(parameter, rest.next(), values);
          while (parameter.isMany() && rest.hasNext()) {
            add(parameter, rest.next(), values);
          }
        } else if (parameter.isRequired()) {
          throw new UsageException(
              "command '" + command.name() + "' requires <" + parameter.name() + "> option");
        }
      }
    }
    if (rest.hasNext()) {
      throw new UsageException("unexpected data '" + rest.next() + "'");
    }
  }

  private static void add(Parameter parameter, String value, Map<String, List<String>> values)
      throws UsageException {
    List<String> all = values.computeIfAbsent(parameter.name(), name -> new ArrayList<>());
    boolean several = parameter.isMany();
    if (!all.isEmpty() && !several) {
      throw new UsageException("option --" + parameter.name() + " already seen");
    }
    all.add(value);
  }

  /** Says whether a flag was given. */
  public boolean has(String flag) {
    return values.containsKey(flag);
  }

  /** Returns the value of an argument or option, if it was given. */
  public Optional<String> value(String name) {
    return values(name).stream().findFirst();
  }

  /** Returns the value of a required argument. */
  public String required(String name) {
    return values(name).get(0);
  }

  /** Returns all values of an option, in the order given. */
  public List<String> values(String name) {
    return values.getOrDefault(name, List.of());
  }
}
