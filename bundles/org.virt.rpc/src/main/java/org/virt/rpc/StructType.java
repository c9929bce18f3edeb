package org.virt.rpc;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A struct of the protocol: named fields in order. */
public final class StructType implements XdrType {
  private final String name;
  private final List<Field> fields;

  /** Those of the fields, which lists of a thousand structs go through for each. */
  private final XdrType[] types;

  private final Map<String, Integer> places = new HashMap<>();
  private final int minSize;

  /**
   * One field.
   *
   * @param name its name
   * @param type its type
   */
  public record Field(String name, XdrType type) {}

  StructType(String name, List<Field> fields) {
    this.name = name;
    this.fields = List.copyOf(fields);
    int size = 0;
    for (Field field : this.fields) {
      places.put(field.name(), places.size());
      size += field.type().minSize();
    }
    minSize = size;
    types = this.fields.stream().map(Field::type).toArray(XdrType[]::new);
  }

  /** Returns libvirt's name of it. */
  public String name() {
    return name;
  }

  /** Returns its fields in order. */
  public List<Field> fields() {
    return fields;
  }

  /** Says whether there is a field of this name. */
  public boolean has(String field) {
    return places.containsKey(field);
  }

  /**
   * Makes a value.
   *
   * @param values one for each field, in order
   */
  public XdrStruct of(Object... values) {
    if (values.length != types.length) {
      throw new IllegalArgumentException(
          "%s has %d fields, not %d".formatted(name, types.length, values.length));
    }
    return new XdrStruct(this, values.clone());
  }

  @Override
  public void encode(XdrWriter out, Object value) throws XdrException {
    XdrStruct struct = Bounds.as(XdrStruct.class, value);
    if (struct.type() != this) {
      throw new XdrException("a %s where a %s is needed".formatted(struct.type().name, name));
    }
    for (int i = 0; i < types.length; i++) {
      try {
        types[i].encode(out, struct.at(i));
      } catch (XdrException e) {
        throw inField(i, e);
      }
    }
  }

  @Override
  public XdrStruct decode(ByteBuffer in) throws XdrException {
    Bounds.need(in, minSize);
    Object[] values = new Object[types.length];
    for (int i = 0; i < values.length; i++) {
      try {
        values[i] = types[i].decode(in);
      } catch (XdrException e) {
        throw inField(i, e);
      }
    }
    return new XdrStruct(this, values);
  }

  @Override
  public int minSize() {
    return minSize;
  }

  @Override
  public String toString() {
    return name;
  }

  int place(String field) {
    Integer place = places.get(field);
    if (place == null) {
      throw new IllegalArgumentException(name + " has no field " + field);
    }
    return place;
  }

  private XdrException inField(int i, XdrException e) {
    return new XdrException(name + "." + fields.get(i).name() + ": " + e.getMessage());
  }
}
