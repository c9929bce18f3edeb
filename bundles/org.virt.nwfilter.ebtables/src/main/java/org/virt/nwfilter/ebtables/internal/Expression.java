package org.virt.nwfilter.ebtables.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import org.virt.common.netlink.NetlinkWriter;

/**
 * An expression of the kernel's: numbers of linux/netfilter/nf_tables.h.
 *
 * @param name its kind
 * @param attributes writes what it is about
 */
record Expression(String name, Consumer<NetlinkWriter> attributes) {
  static final int META_PROTOCOL = 1;
  static final int META_MARK = 3;

  private static final int REGISTER = 1;

  /** The 4 bytes behind the first four: {@code NFT_REG32_01}. */
  private static final int BEHIND = 9;

  /** {@code NFT_LOOKUP_F_INV}. */
  private static final int INVERTED = 1;

  private static final int EQUAL = 0;
  private static final int NOT_EQUAL = 1;

  void write(NetlinkWriter writer) {
    int expression = writer.nest(1);
    writer.attributeString(1, name);
    int data = writer.nest(2);
    attributes.accept(writer);
    writer.endNest(data);
    writer.endNest(expression);
  }

  static Expression meta(int key) {
    return meta(key, REGISTER);
  }

  /** Loads behind what was loaded first. */
  static Expression metaBehind(int key) {
    return meta(key, BEHIND);
  }

  private static Expression meta(int key, int register) {
    return new Expression(
        "meta",
        writer -> {
          writer.attributeBe32(2, key);
          writer.attributeBe32(1, register);
        });
  }

  static Expression setMark() {
    return new Expression(
        "meta",
        writer -> {
          writer.attributeBe32(2, META_MARK);
          writer.attributeBe32(3, REGISTER);
        });
  }

  /** Loads bytes from the link header (0) or the network header (1). */
  static Expression payload(int base, int offset, int length) {
    return payload(REGISTER, base, offset, length);
  }

  private static Expression payload(int register, int base, int offset, int length) {
    return new Expression(
        "payload",
        writer -> {
          writer.attributeBe32(1, register);
          writer.attributeBe32(2, base);
          writer.attributeBe32(3, offset);
          writer.attributeBe32(4, length);
        });
  }

  /** Loads bytes from the network header behind what was loaded first. */
  static Expression payloadBehind(int offset, int length) {
    return payload(BEHIND, 1, offset, length);
  }

  static Expression bitwise(byte[] mask, byte[] xor) {
    return new Expression(
        "bitwise",
        writer -> {
          writer.attributeBe32(1, REGISTER);
          writer.attributeBe32(2, REGISTER);
          writer.attributeBe32(3, mask.length);
          value(writer, 4, mask);
          value(writer, 5, xor);
        });
  }

  static Expression equal(byte[] value) {
    return compare(EQUAL, value);
  }

  static Expression notEqual(byte[] value) {
    return compare(NOT_EQUAL, value);
  }

  private static Expression compare(int operation, byte[] value) {
    return new Expression(
        "cmp",
        writer -> {
          writer.attributeBe32(1, REGISTER);
          writer.attributeBe32(2, operation);
          value(writer, 3, value);
        });
  }

  static Expression lookup(String set) {
    return new Expression(
        "lookup",
        writer -> {
          writer.attributeString(1, set);
          writer.attributeBe32(2, REGISTER);
        });
  }

  /** Holds when a set does not have what was loaded. */
  static Expression lookupNone(String set) {
    return new Expression(
        "lookup",
        writer -> {
          writer.attributeString(1, set);
          writer.attributeBe32(2, REGISTER);
          writer.attributeBe32(5, INVERTED);
        });
  }

  static Expression verdict(int code) {
    return new Expression(
        "immediate",
        writer -> {
          writer.attributeBe32(1, 0);
          int value = writer.nest(2);
          int verdict = writer.nest(2);
          writer.attributeBe32(1, code);
          writer.endNest(verdict);
          writer.endNest(value);
        });
  }

  /** Returns a number in the host's order, as the kernel compares indexes, groups and marks. */
  static byte[] host(int number) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(number).array();
  }

  private static void value(NetlinkWriter writer, int type, byte[] bytes) {
    int nest = writer.nest(type);
    writer.attributeBytes(1, bytes);
    writer.endNest(nest);
  }
}
