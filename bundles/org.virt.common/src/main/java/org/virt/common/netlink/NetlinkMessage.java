package org.virt.common.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A message from the kernel.
 *
 * @param type its type
 * @param flags its flags
 * @param sequence number of the request that it answers; 0 for a notice
 * @param port number of the socket whose request this is about; 0 for none
 * @param payload what follows the header; a copy of its own, in the host's byte order
 */
public record NetlinkMessage(int type, int flags, int sequence, int port, ByteBuffer payload) {
  /** Type of an answer that says how a request ended. */
  public static final int ERROR = 2;

  /** Type of the end of a dump. */
  public static final int DONE = 3;

  static final int DUMP_INTERRUPTED = 0x10;

  private static final int NOOP = 1;
  private static final int ALIGN = 4;

  /** Takes a datagram apart; what does not fit its length ends the list. */
  static List<NetlinkMessage> split(ByteBuffer datagram) {
    List<NetlinkMessage> messages = new ArrayList<>();
    int start = datagram.position();
    while (datagram.limit() - start >= NetlinkWriter.HEADER) {
      int length = datagram.getInt(start);
      if (length < NetlinkWriter.HEADER || length > datagram.limit() - start) {
        break;
      }
      int type = Short.toUnsignedInt(datagram.getShort(start + 4));
      if (type != NOOP) {
        int flags = Short.toUnsignedInt(datagram.getShort(start + 6));
        messages.add(
            new NetlinkMessage(
                type,
                flags,
                datagram.getInt(start + 8),
                datagram.getInt(start + 12),
                copy(datagram, start, length)));
      }
      start += (length + ALIGN - 1) / ALIGN * ALIGN;
    }
    return messages;
  }

  private static ByteBuffer copy(ByteBuffer datagram, int start, int length) {
    byte[] bytes = new byte[length - NetlinkWriter.HEADER];
    datagram.get(start + NetlinkWriter.HEADER, bytes);
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }

  /** Returns the attributes that follow a fixed header of so many bytes. */
  public Attributes attributes(int fixedHeader) {
    ByteBuffer rest = payload.duplicate();
    rest.position(Math.min(fixedHeader, rest.limit()));
    return Attributes.read(rest);
  }
}
