package org.virt.shell.internal.command;

/**
 * An argument or option of a command.
 *
 * @param name its name without dashes; an argument may also be given as an option of that name
 * @param kind how it is given
 * @param summary what it means, for help
 * @param values what completion offers
 */
public record Parameter(String name, Kind kind, String summary, Values values) {
  /** How a parameter is given. */
  public enum Kind {
    /** By position, required. */
    ARGUMENT,
    /** By position, may be absent. */
    OPTIONAL_ARGUMENT,
    /** By position, one or more; the last argument. */
    ARGUMENTS,
    /** By position, any number; the last argument. */
    OPTIONAL_ARGUMENTS,
    /** {@code --name}. */
    FLAG,
    /** {@code --name VALUE}. */
    OPTION,
    /** {@code --name VALUE}, any number of times. */
    REPEATED
  }

  /** What completion offers as values. */
  public enum Values {
    NOTHING,
    DOMAIN,
    ACTIVE_DOMAIN,
    INACTIVE_DOMAIN,
    FILE,
    FILTER,
    FILTER_OR_FILE,
    PORT,
    TECHNIQUE,
    FORMAT,
    COMMAND,
    EVENT
  }

  /** Says whether it is given by position. */
  public boolean isArgument() {
    return kind == Kind.ARGUMENT
        || kind == Kind.OPTIONAL_ARGUMENT
        || kind == Kind.ARGUMENTS
        || kind == Kind.OPTIONAL_ARGUMENTS;
  }

  /** Says whether a command cannot do without it. */
  public boolean isRequired() {
    return kind == Kind.ARGUMENT || kind == Kind.ARGUMENTS;
  }

  /** Says whether it may be given several times. */
  public boolean isMany() {
    return kind == Kind.REPEATED || kind == Kind.ARGUMENTS || kind == Kind.OPTIONAL_ARGUMENTS;
  }

  /** Returns it as the synopsis shows it. */
  public String synopsis() {
    return switch (kind) {
      case ARGUMENT -> "<" + name + ">";
      case ARGUMENTS -> "<" + name + ">...";
      case OPTIONAL_ARGUMENTS -> "[<" + name + ">]...";
      case OPTIONAL_ARGUMENT -> "[<" + name + ">]";
      case FLAG -> "[--" + name + "]";
      case OPTION -> "[--" + name + " <string>]";
      case REPEATED -> "[--" + name + " <string>]...";
    };
  }
}
