package org.virt.api.domain;

import java.util.Locale;
import java.util.Objects;

/**
 * A value with its name and type ({@code virTypedParameter}).
 *
 * @param name the field's name, such as {@code cpu_shares}
 * @param type its type
 * @param value of the class that the type names; unsigned ones are held in the bits of a Long
 */
public record TypedParameter(String name, Type type, Object value) {
  public TypedParameter {
    Objects.requireNonNull(name, "name");
    if (!type.java.isInstance(value)) {
      throw new IllegalArgumentException(name + ": " + value + " is no " + type);
    }
  }

  /** The types, with libvirt's numbers. */
  public enum Type {
    INT(1, Integer.class),
    UINT(2, Long.class),
    LLONG(3, Long.class),
    ULLONG(4, Long.class),
    DOUBLE(5, Double.class),
    BOOLEAN(6, Boolean.class),
    STRING(7, String.class);

    private final int number;
    private final Class<?> java;

    Type(int number, Class<?> java) {
      this.number = number;
      this.java = java;
    }

    /** Returns libvirt's number. */
    public int number() {
      return number;
    }

    /** Returns the name that virsh and logs use, such as {@code ullong}. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns the value as virsh prints it. */
  public String text() {
    return switch (type) {
      case ULLONG -> Long.toUnsignedString((Long) value);
      case BOOLEAN -> ((Boolean) value) ? "yes" : "no";
      case DOUBLE -> String.format(Locale.ROOT, "%f", (Double) value);
      default -> value.toString();
    };
  }

  /** Returns a number as long; only for a type that is a whole number. */
  public long number() {
    return ((Number) value).longValue();
  }
}
