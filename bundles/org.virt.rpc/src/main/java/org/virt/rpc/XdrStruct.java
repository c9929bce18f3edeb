package org.virt.rpc;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A value of a struct. A getter of the wrong type, or for a field that is not there, is a fault of
 * the caller's and throws an unchecked exception. Immutable, when its arrays are left alone.
 */
public final class XdrStruct {
  private final StructType type;
  private final Object[] values;

  XdrStruct(StructType type, Object[] values) {
    this.type = type;
    this.values = values;
  }

  /** Returns its type. */
  public StructType type() {
    return type;
  }

  /** Returns the value of a field; null for an absent optional one. */
  public Object get(String field) {
    return values[type.place(field)];
  }

  /** Returns a number of at most 32 bits, unsigned ones by their bits. */
  public int integer(String field) {
    return (Integer) get(field);
  }

  /** Returns an unsigned number of 32 bits. */
  public long unsigned(String field) {
    return Integer.toUnsignedLong(integer(field));
  }

  /** Returns a number of 64 bits. */
  public long wide(String field) {
    return (Long) get(field);
  }

  /** Returns a string that is always there. */
  public String text(String field) {
    return (String) get(field);
  }

  /** Returns a string that may be absent. */
  public Optional<String> optionalText(String field) {
    return Optional.ofNullable((String) get(field));
  }

  /** Returns bytes. */
  public byte[] bytes(String field) {
    return (byte[]) get(field);
  }

  /** Returns a UUID. */
  public UUID uuid(String field) {
    return (UUID) get(field);
  }

  /** Returns a struct that is always there. */
  public XdrStruct struct(String field) {
    return (XdrStruct) get(field);
  }

  /** Returns a struct that may be absent. */
  public Optional<XdrStruct> optionalStruct(String field) {
    return Optional.ofNullable((XdrStruct) get(field));
  }

  /** Returns a list of structs. */
  public List<XdrStruct> structs(String field) {
    return list(field, XdrStruct.class);
  }

  /** Returns a list of elements that are all of one class. */
  public <T> List<T> list(String field, Class<T> element) {
    return ((List<?>) get(field)).stream().map(element::cast).toList();
  }

  Object at(int place) {
    return values[place];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof XdrStruct that
        && type == that.type
        && Arrays.deepEquals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(values);
  }

  @Override
  public String toString() {
    return type.name() + Arrays.deepToString(values);
  }
}
