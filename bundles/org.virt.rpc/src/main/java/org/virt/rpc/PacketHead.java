package org.virt.rpc;

import java.nio.ByteBuffer;

/**
 * What comes before the body of a message.
 *
 * @param header its header
 * @param bodySize the bytes of the body that follows
 */
public record PacketHead(Header header, int bodySize) {
  /**
   * Reads it from {@link Packet#HEAD_SIZE} bytes.
   *
   * @throws XdrException when this is no message: the connection cannot go on
   */
  public static PacketHead decode(ByteBuffer in) throws XdrException {
    Bounds.need(in, Packet.HEAD_SIZE);
    int size = size(in.getInt(), Packet.MAX);
    return new PacketHead(Header.decode(in), size - Header.SIZE);
  }

  /**
   * Checks the length of a message, which counts itself.
   *
   * @return the bytes that follow it
   */
  static int size(int total, int most) throws XdrException {
    if (total < Packet.HEAD_SIZE || total - Packet.LENGTH_SIZE > most) {
      throw new XdrException(
          "a message of %d bytes, not of %d to %d"
              .formatted(
                  Integer.toUnsignedLong(total), Packet.HEAD_SIZE, most + Packet.LENGTH_SIZE));
    }
    return total - Packet.LENGTH_SIZE;
  }
}
