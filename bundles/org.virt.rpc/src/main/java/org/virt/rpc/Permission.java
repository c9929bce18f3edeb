package org.virt.rpc;

import java.util.Optional;

/**
 * A permission that a call needs, perhaps for some values of its arguments only.
 *
 * @param object libvirt's kind of object, such as {@code domain}
 * @param name libvirt's name of the permission, such as {@code write}
 * @param condition when it is needed; empty for always
 */
public record Permission(String object, String name, Optional<Condition> condition) {
  /** The permission of what everybody may do. */
  public static final String NONE = "none";

  /**
   * Compares an argument.
   *
   * @param field the argument's name
   * @param test how it is compared
   * @param bits with what
   */
  public record Condition(String field, Test test, int bits) {
    /** How an argument is compared. */
    public enum Test {
      /** At least one of the bits is set. */
      ANY,
      /** None of the bits is set. */
      NO_BIT,
      /** The number is this one. */
      EQUAL
    }

    boolean holds(XdrStruct args) {
      int value = args.integer(field);
      return switch (test) {
        case ANY -> (value & bits) != 0;
        case NO_BIT -> (value & bits) == 0;
        case EQUAL -> value == bits;
      };
    }
  }

  /** Says whether a call with these arguments needs it. */
  public boolean neededFor(XdrStruct args) {
    return !object.equals(NONE) && condition.map(c -> c.holds(args)).orElse(true);
  }

  /** Says whether it only looks and gives away no secrets: what a read-only client has. */
  public boolean isReadOnly() {
    return object.equals(NONE)
        || name.equals("getattr")
        || name.equals("read")
        || name.startsWith("search_");
  }

  /**
   * Parses {@code object:name}, {@code object:name:[!]BITS} or {@code object:name::FIELD:VALUE}.
   */
  static Permission parse(String text) {
    String[] parts = text.split(":");
    if (parts.length == 1) {
      return new Permission(NONE, NONE, Optional.empty());
    }
    Condition condition = null;
    if (parts.length == 3) {
      boolean negated = parts[2].startsWith("!");
      int bits = Integer.parseInt(negated ? parts[2].substring(1) : parts[2]);
      condition =
          new Condition("flags", negated ? Condition.Test.NO_BIT : Condition.Test.ANY, bits);
    } else if (parts.length > 3) {
      condition = new Condition(parts[3], Condition.Test.EQUAL, Integer.parseInt(parts[4]));
    }
    return new Permission(parts[0], parts[1], Optional.ofNullable(condition));
  }
}
