package org.virt.rpc;

import java.util.Objects;

/**
 * A named value as libvirt's {@code virTypedParameter}.
 *
 * @param name its name, such as {@code cpu.time}
 * @param type libvirt's type
 * @param value an Integer, Long, Double, Boolean or String, as the type says
 */
public record TypedParameter(String name, Type type, Object value) {
  private static final StructType STRUCT = Protocol.libvirt().struct("remote_typed_param");

  public TypedParameter {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(value, "value");
  }

  /** The types; their order is that of libvirt's {@code virTypedParameterType}, from 1 on. */
  public enum Type {
    INT,
    UINT,
    LLONG,
    ULLONG,
    DOUBLE,
    BOOLEAN,
    STRING
  }

  /** Makes a signed number of 32 bits. */
  public static TypedParameter ofInt(String name, int value) {
    return new TypedParameter(name, Type.INT, value);
  }

  /** Makes an unsigned number of 32 bits. */
  public static TypedParameter ofUnsigned(String name, int value) {
    return new TypedParameter(name, Type.UINT, value);
  }

  /** Makes an unsigned number of 64 bits. */
  public static TypedParameter ofUnsignedWide(String name, long value) {
    return new TypedParameter(name, Type.ULLONG, value);
  }

  /** Makes a text. */
  public static TypedParameter ofText(String name, String value) {
    return new TypedParameter(name, Type.STRING, value);
  }

  /** Makes a truth value. */
  public static TypedParameter ofTruth(String name, boolean value) {
    return new TypedParameter(name, Type.BOOLEAN, value);
  }

  /** Returns it as the protocol has it. */
  public XdrStruct toXdr() {
    Object plain = value instanceof Boolean truth ? (Integer) (truth ? 1 : 0) : value;
    return STRUCT.of(name, new XdrUnion(type.ordinal() + 1, plain));
  }

  /** Reads what the protocol has. */
  public static TypedParameter of(XdrStruct struct) {
    XdrUnion union = (XdrUnion) struct.get("value");
    Type type = Type.values()[union.tag() - 1];
    Object value = type == Type.BOOLEAN ? (Object) !union.value().equals(0) : union.value();
    return new TypedParameter(struct.text("field"), type, value);
  }
}
