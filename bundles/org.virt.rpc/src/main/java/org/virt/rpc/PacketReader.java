package org.virt.rpc;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * Puts messages together from bytes as they arrive; for one thread at a time. It keeps nothing but
 * the message that is not complete yet, whose room grows with what has really arrived.
 */
public final class PacketReader {
  private static final int FIRST_ROOM = 16 * 1024;
  private static final int FDS_MAX = 32;

  private final byte[] length = new byte[Packet.LENGTH_SIZE];
  private final int most;
  private int lengthRead;
  private byte[] body;
  private int bodyLength;
  private int bodyRead;
  private int skip;

  /**
   * Makes a reader.
   *
   * @param most the most bytes that a message may have: {@link Packet#MAX}, or fewer for a peer
   *     that is not trusted yet
   */
  public PacketReader(int most) {
    this.most = most;
  }

  /**
   * Takes bytes up to the end of the next message.
   *
   * @return the message, or nothing when more bytes are needed: the buffer is empty then
   * @throws XdrException when this is no message: the connection cannot go on
   */
  public Optional<Packet> next(ByteBuffer in) throws XdrException {
    skipMarks(in);
    if (body == null && !begin(in)) {
      return Optional.empty();
    }
    while (in.hasRemaining() && bodyRead < bodyLength) {
      int room = Math.min(in.remaining(), bodyLength - bodyRead);
      if (bodyRead + room > body.length) {
        body = Arrays.copyOf(body, Math.max(bodyRead + room, grown()));
      }
      in.get(body, bodyRead, room);
      bodyRead += room;
    }
    if (bodyRead < bodyLength) {
      return Optional.empty();
    }
    ByteBuffer whole = ByteBuffer.wrap(body, 0, bodyLength);
    body = null;
    lengthRead = 0;
    Header header = Header.decode(whole);
    expectMarks(header, whole);
    return Optional.of(new Packet(header, whole.slice()));
  }

  /** Says whether it is in the middle of a message. */
  public boolean isPartial() {
    return lengthRead > 0 || body != null;
  }

  /** Returns the bytes that it keeps for a message which is not complete. */
  public int room() {
    return body == null ? 0 : body.length;
  }

  private int grown() {
    return (int) Math.min(bodyLength, body.length * 2L);
  }

  private boolean begin(ByteBuffer in) throws XdrException {
    while (lengthRead < length.length && in.hasRemaining()) {
      length[lengthRead++] = in.get();
    }
    if (lengthRead < length.length) {
      return false;
    }
    bodyLength = PacketHead.size(ByteBuffer.wrap(length).getInt(), most);
    bodyRead = 0;
    body = new byte[Math.min(bodyLength, FIRST_ROOM)];
    return true;
  }

  /** With each file descriptor comes a byte of its own, after the message. */
  private void expectMarks(Header header, ByteBuffer whole) throws XdrException {
    if (header.type() != MessageType.CALL_WITH_FDS && header.type() != MessageType.REPLY_WITH_FDS) {
      return;
    }
    int count = Bounds.length(whole, FDS_MAX, 0);
    skip = count;
  }

  private void skipMarks(ByteBuffer in) {
    int here = Math.min(skip, in.remaining());
    in.position(in.position() + here);
    skip -= here;
  }
}
