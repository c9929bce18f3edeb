package org.virt.api.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.virt.api.domain.TypedParameter.Type;

/**
 * Typed values by name, in their order: what libvirt hands over as an array of {@code
 * virTypedParameter}.
 *
 * @param list the values; a name may stand several times where libvirt says so
 */
public record TypedParameters(List<TypedParameter> list) {
  public TypedParameters {
    list = List.copyOf(list);
  }

  /** Begins a list. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the first value of a name. */
  public Optional<TypedParameter> find(String name) {
    return list.stream().filter(p -> p.name().equals(name)).findFirst();
  }

  /** Returns a whole number, if there is one of the name. */
  public Optional<Long> number(String name) {
    return find(name).map(TypedParameter::number);
  }

  /** Returns a text, if there is one of the name. */
  public Optional<String> string(String name) {
    return find(name).map(p -> (String) Objects.requireNonNull(p.value()));
  }

  /** Says whether there is nothing. */
  public boolean isEmpty() {
    return list.isEmpty();
  }

  /** Collects typed values; for one thread. */
  public static final class Builder {
    private final List<TypedParameter> list = new ArrayList<>();

    private Builder() {}

    /** Adds a signed number of 32 bits. */
    public Builder integer(String name, int value) {
      return add(new TypedParameter(name, Type.INT, value));
    }

    /** Adds an unsigned number of 32 bits. */
    public Builder uint(String name, long value) {
      return add(new TypedParameter(name, Type.UINT, value));
    }

    /** Adds a signed number of 64 bits. */
    public Builder llong(String name, long value) {
      return add(new TypedParameter(name, Type.LLONG, value));
    }

    /** Adds an unsigned number of 64 bits. */
    public Builder ullong(String name, long value) {
      return add(new TypedParameter(name, Type.ULLONG, value));
    }

    /** Adds a floating point number. */
    public Builder number(String name, double value) {
      return add(new TypedParameter(name, Type.DOUBLE, value));
    }

    /** Adds yes or no. */
    public Builder bool(String name, boolean value) {
      return add(new TypedParameter(name, Type.BOOLEAN, value));
    }

    /** Adds a text. */
    public Builder string(String name, String value) {
      return add(new TypedParameter(name, Type.STRING, value));
    }

    /** Adds a value. */
    public Builder add(TypedParameter parameter) {
      list.add(parameter);
      return this;
    }

    /** Adds all values of another list. */
    public Builder addAll(TypedParameters others) {
      list.addAll(others.list());
      return this;
    }

    /** Ends the list. */
    public TypedParameters build() {
      return new TypedParameters(list);
    }
  }
}
