package org.virt.rpc;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Makes values of any type of the table. */
final class AnyValue {
  private static final int ELEMENTS = 3;

  private final Random random;

  AnyValue(long seed) {
    random = new Random(seed);
  }

  XdrStruct of(StructType type) {
    return type.of(type.fields().stream().map(field -> of(field.type())).toArray());
  }

  Object of(XdrType type) {
    if (type instanceof StructType struct) {
      return of(struct);
    }
    if (type instanceof XdrOptional optional) {
      return random.nextBoolean() ? of(optional.type()) : null;
    }
    if (type instanceof XdrList list) {
      List<Object> values = new ArrayList<>();
      for (int i = random.nextInt(Math.min(list.max(), ELEMENTS) + 1); i > 0; i--) {
        values.add(of(list.element()));
      }
      return values;
    }
    if (type instanceof XdrUnion.Type union) {
      List<Integer> tags = union.cases().keySet().stream().sorted().toList();
      int tag = tags.get(random.nextInt(tags.size()));
      return new XdrUnion(tag, of(union.cases().get(tag)));
    }
    return simple(type);
  }

  private Object simple(XdrType type) {
    if (type instanceof XdrText) {
      return "é" + Long.toString(random.nextLong(), 36);
    }
    if (type instanceof XdrOpaque opaque) {
      return opaque.fixed() && opaque.max() == 16
          ? new UUID(random.nextLong(), random.nextLong())
          : bytes(opaque.fixed() ? opaque.max() : random.nextInt(9));
    }
    if (type instanceof XdrCharArray chars) {
      return bytes(chars.fixed() ? chars.max() : random.nextInt(9));
    }
    return switch ((XdrPrimitive) type) {
      case INT, UINT -> random.nextInt();
      case CHAR, UCHAR -> random.nextInt(128);
      case USHORT -> random.nextInt(65536);
      case HYPER, UHYPER -> random.nextLong();
      case DOUBLE -> random.nextDouble();
    };
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
