package org.virt.common.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Builds one or more netlink messages in one growing buffer: {@link #begin}, the fixed header,
 * attributes, {@link #end}. For one thread at a time.
 */
public final class NetlinkWriter {
  public static final int REQUEST = 0x1;
  public static final int ACK = 0x4;
  public static final int EXCL = 0x200;
  public static final int CREATE = 0x400;
  public static final int APPEND = 0x800;
  public static final int DUMP = 0x300;

  static final int HEADER = 16;

  private static final int ALIGN = 4;
  private static final int NESTED = 0x8000;
  private static final int MAX_ATTRIBUTE = 0xffff;
  private static final int FLAGS_OFFSET = 6;

  private ByteBuffer buffer;
  private int sequence;
  private int message = -1;

  /**
   * Starts an empty buffer.
   *
   * @param firstSequence number of the first message; the next ones follow
   * @param capacity bytes to begin with
   */
  public NetlinkWriter(int firstSequence, int capacity) {
    sequence = firstSequence - 1;
    buffer = allocate(Math.max(capacity, HEADER));
  }

  /** Starts a message and returns its sequence number. */
  public int begin(int type, int flags) {
    if (message >= 0) {
      throw new IllegalStateException("the message before is not ended");
    }
    room(HEADER);
    message = buffer.position();
    sequence++;
    buffer.putInt(0).putShort((short) type).putShort((short) flags).putInt(sequence).putInt(0);
    return sequence;
  }

  /** Ends the message: its length is known now. */
  public void end() {
    buffer.putInt(message, buffer.position() - message);
    message = -1;
  }

  /** Adds flags to the message that is being built. */
  public void addFlags(int flags) {
    int at = message + FLAGS_OFFSET;
    buffer.putShort(at, (short) (buffer.getShort(at) | flags));
  }

  /** Writes one byte of a fixed header. */
  public void u8(int value) {
    room(1);
    buffer.put((byte) value);
  }

  /** Writes two bytes of a fixed header in the host's order. */
  public void u16(int value) {
    room(Short.BYTES);
    buffer.putShort((short) value);
  }

  /** Writes two bytes of a fixed header in network order. */
  public void be16(int value) {
    u8(value >>> Byte.SIZE);
    u8(value);
  }

  /** Writes four bytes of a fixed header in the host's order. */
  public void u32(int value) {
    room(Integer.BYTES);
    buffer.putInt(value);
  }

  /** Adds an attribute of one byte. */
  public void attributeU8(int type, int value) {
    header(type, 1);
    buffer.put((byte) value);
    pad();
  }

  /** Adds an attribute of four bytes in the host's order. */
  public void attributeU32(int type, int value) {
    header(type, Integer.BYTES);
    buffer.putInt(value);
  }

  /** Adds an attribute of four bytes in network order. */
  public void attributeBe32(int type, int value) {
    header(type, Integer.BYTES);
    buffer.putInt(networkOrder(value));
  }

  /** Adds an attribute of eight bytes in network order. */
  public void attributeBe64(int type, long value) {
    header(type, Long.BYTES);
    buffer.putLong(buffer.order() == ByteOrder.BIG_ENDIAN ? value : Long.reverseBytes(value));
  }

  /** Adds a text with its terminating zero. */
  public void attributeString(int type, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    header(type, bytes.length + 1);
    buffer.put(bytes).put((byte) 0);
    pad();
  }

  /** Adds bytes as they are. */
  public void attributeBytes(int type, byte[] value) {
    header(type, value.length);
    buffer.put(value);
    pad();
  }

  /** Starts an attribute that contains others; returns what {@link #endNest} takes. */
  public int nest(int type) {
    int start = buffer.position();
    header(type | NESTED, 0);
    return start;
  }

  /** Ends an attribute that contains others. */
  public void endNest(int start) {
    int length = buffer.position() - start;
    if (length > MAX_ATTRIBUTE) {
      throw new IllegalArgumentException("netlink attribute of " + length + " bytes");
    }
    buffer.putShort(start, (short) length);
  }

  /** Appends the messages of another writer; their sequence numbers stay. */
  public void append(NetlinkWriter other) {
    ByteBuffer source = other.bytes();
    room(source.remaining());
    buffer.put(source);
  }

  /** Returns how many bytes there are. */
  public int size() {
    return buffer.position();
  }

  /** Returns the sequence number of the last message that was begun. */
  public int lastSequence() {
    return sequence;
  }

  /** Returns the messages from the first to the last byte; valid until something is added. */
  ByteBuffer bytes() {
    ByteBuffer view = buffer.duplicate().order(buffer.order());
    view.flip();
    return view;
  }

  private void header(int type, int length) {
    if (length + ALIGN > MAX_ATTRIBUTE) {
      throw new IllegalArgumentException("netlink attribute of " + length + " bytes");
    }
    room(length + 2 * ALIGN);
    buffer.putShort((short) (length + ALIGN)).putShort((short) type);
  }

  private void pad() {
    while (buffer.position() % ALIGN != 0) {
      buffer.put((byte) 0);
    }
  }

  private int networkOrder(int value) {
    return buffer.order() == ByteOrder.BIG_ENDIAN ? value : Integer.reverseBytes(value);
  }

  private void room(int bytes) {
    if (buffer.remaining() < bytes) {
      ByteBuffer larger = allocate(Math.max(2 * buffer.capacity(), buffer.position() + bytes));
      buffer.flip();
      buffer = larger.put(buffer);
    }
  }

  private static ByteBuffer allocate(int capacity) {
    return ByteBuffer.allocate(capacity).order(ByteOrder.nativeOrder());
  }
}
