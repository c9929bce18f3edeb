package org.virt.nwfilter.nftables.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Numbers that the kernel compares in the host's own byte order: interface indexes and groups. */
final class HostOrder {
  private HostOrder() {}

  static byte[] bytes(int value) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(value).array();
  }

  static byte[] shortBytes(int value) {
    return ByteBuffer.allocate(Short.BYTES)
        .order(ByteOrder.nativeOrder())
        .putShort((short) value)
        .array();
  }

  static int number(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    return switch (bytes.length) {
      case 1 -> buffer.get() & 0xff;
      case Short.BYTES -> buffer.getShort() & 0xffff;
      default -> buffer.getInt();
    };
  }
}
