package org.virt.rpc;

import java.util.List;
import org.virt.api.domain.TypedParameter;
import org.virt.api.domain.TypedParameters;

/** Turns typed parameters into those of the protocol and back. */
public final class TypedValues {
  private static final StructType STRUCT = Protocol.libvirt().struct("remote_typed_param");

  private TypedValues() {}

  /** Returns parameters as the protocol has them. */
  public static List<XdrStruct> toXdr(TypedParameters parameters) {
    return parameters.list().stream()
        .map(p -> STRUCT.of(p.name(), new XdrUnion(p.type().number(), plain(p))))
        .toList();
  }

  /** Reads parameters of the protocol. */
  public static TypedParameters of(List<XdrStruct> structs) {
    return new TypedParameters(structs.stream().map(TypedValues::parameter).toList());
  }

  private static Object plain(TypedParameter parameter) {
    return switch (parameter.type()) {
      case BOOLEAN -> ((Boolean) parameter.value()) ? 1 : 0;
      case UINT -> (int) parameter.number();
      default -> parameter.value();
    };
  }

  private static TypedParameter parameter(XdrStruct struct) {
    XdrUnion union = (XdrUnion) struct.get("value");
    TypedParameter.Type type = TypedParameter.Type.values()[union.tag() - 1];
    Object value =
        switch (type) {
          case BOOLEAN -> !union.value().equals(0);
          case UINT -> Integer.toUnsignedLong((Integer) union.value());
          default -> union.value();
        };
    return new TypedParameter(struct.text("field"), type, value);
  }
}
