package org.virt.shell.internal.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virt.shell.internal.command.Parameter.Kind;
import org.virt.shell.internal.command.Parameter.Values;

/**
 * A command: one declaration for parsing, help and completion, and what it does.
 *
 * @param name its name
 * @param group where help shows it
 * @param summary what it does, one line
 * @param parameters in the order of the synopsis
 * @param action what it does
 */
public record Command(
    String name, Group group, String summary, List<Parameter> parameters, Action action) {
  public Command {
    parameters = List.copyOf(parameters);
  }

  /** What a command does. */
  @FunctionalInterface
  public interface Action {
    /**
     * Runs on a thread of the connection's.
     *
     * @throws Exception a {@link CommandException}, {@link UsageException} or {@link
     *     org.virt.api.VirtException} is told to the user; any other is also logged
     */
    void run(Invocation call) throws Exception;
  }

  /** Begins the declaration of a command. */
  public static Builder named(String name, Group group, String summary) {
    return new Builder(name, group, summary);
  }

  /** Finds a parameter by its name. */
  public Optional<Parameter> parameter(String parameter) {
    return parameters.stream().filter(p -> p.name().equals(parameter)).findFirst();
  }

  /** Returns the line that shows how to call it. */
  public String synopsis() {
    StringBuilder line = new StringBuilder(name);
    parameters.forEach(parameter -> line.append(' ').append(parameter.synopsis()));
    return line.toString();
  }

  /** Collects the parameters of a command. */
  public static final class Builder {
    private final String name;
    private final Group group;
    private final String summary;
    private final List<Parameter> parameters = new ArrayList<>();

    private Builder(String name, Group group, String summary) {
      this.name = name;
      this.group = group;
      this.summary = summary;
    }

    /** Takes a required argument. */
    public Builder argument(String argument, String meaning, Values values) {
      return add(argument, Kind.ARGUMENT, meaning, values);
    }

    /** Takes a required argument that may be given several times; nothing by position after it. */
    public Builder arguments(String argument, String meaning, Values values) {
      return add(argument, Kind.ARGUMENTS, meaning, values);
    }

    /** Takes an argument that may be absent. */
    public Builder optional(String argument, String meaning, Values values) {
      return add(argument, Kind.OPTIONAL_ARGUMENT, meaning, values);
    }

    /** Takes an argument that may be given any number of times; nothing by position after it. */
    public Builder optionals(String argument, String meaning, Values values) {
      return add(argument, Kind.OPTIONAL_ARGUMENTS, meaning, values);
    }

    /** Takes a flag. */
    public Builder flag(String flag, String meaning) {
      return add(flag, Kind.FLAG, meaning, Values.NOTHING);
    }

    /** Takes an option with a value. */
    public Builder option(String option, String meaning, Values values) {
      return add(option, Kind.OPTION, meaning, values);
    }

    /** Takes an option with a value that may be given several times. */
    public Builder repeated(String option, String meaning, Values values) {
      return add(option, Kind.REPEATED, meaning, values);
    }

    /** Ends the declaration. */
    public Command does(Action action) {
      return new Command(name, group, summary, parameters, action);
    }

    private Builder add(String parameter, Kind kind, String meaning, Values values) {
      parameters.add(new Parameter(parameter, kind, meaning, values));
      return this;
    }
  }
}
