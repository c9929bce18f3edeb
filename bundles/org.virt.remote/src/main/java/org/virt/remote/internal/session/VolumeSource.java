package org.virt.remote.internal.session;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import org.virt.api.storage.VolumeContent;
import org.virt.remote.internal.net.FilePart;
import org.virt.rpc.Packet;

/** A volume's content, or a part of it. */
public final class VolumeSource implements StreamSource {
  /** What is looked at for zeros: a hole is at least as long, but for the last one. */
  private static final int BLOCK = 64 * 1024;

  /** What the kernel hands from a file to a socket without touching it. */
  private static final int PAGE = 4096;

  /** Whole pages in a packet: a part of one would go by itself, and wake the client for it. */
  private static final int PAGES = PIECE / PAGE * PAGE;

  private static final ByteBuffer ZEROS = ByteBuffer.allocate(BLOCK).asReadOnlyBuffer();

  private final VolumeContent content;
  private final Holes holes;
  private long position;
  private long left;
  private long hole;
  private Optional<Piece> behindHole = Optional.empty();

  /** What becomes of zeros. */
  public enum Holes {
    /** They are sent. */
    FILLED,
    /** They are told of. */
    LEFT_OUT
  }

  /**
   * Begins.
   *
   * @param position of the first byte
   * @param length how many bytes; 0 for all
   */
  public VolumeSource(VolumeContent content, long position, long length, Holes holes) {
    this.content = content;
    this.position = position;
    this.left = length == 0 ? Long.MAX_VALUE : length;
    this.holes = holes;
  }

  @Override
  public Optional<Piece> next() throws IOException {
    Optional<FileChannel> file = content.file();
    if (holes == Holes.LEFT_OUT) {
      return nextBeyondZeros();
    }
    return file.isPresent() ? nextOfFile(file.get()) : nextRead(PIECE).map(Piece::bytes);
  }

  private Optional<Piece> nextOfFile(FileChannel file) throws IOException {
    long whole = PAGES - position % PAGE;
    int count = (int) Math.min(whole, Math.min(left, file.size() - position));
    if (count <= 0) {
      return Optional.empty();
    }
    FilePart part = new FilePart(file, position, count);
    passed(count);
    return Optional.of(Piece.of(part));
  }

  private Optional<ByteBuffer> nextRead(int most) throws IOException {
    int room = (int) Math.min(most, left);
    ByteBuffer message = ByteBuffer.allocate(Packet.HEAD_SIZE + room).position(Packet.HEAD_SIZE);
    while (message.hasRemaining() && content.read(message, end(message)) >= 0) {
      // Until the piece is full, or the content ends.
    }
    int count = message.position() - Packet.HEAD_SIZE;
    passed(count);
    return count == 0 ? Optional.empty() : Optional.of(message.flip());
  }

  private long end(ByteBuffer message) {
    return position + message.position() - Packet.HEAD_SIZE;
  }

  private void passed(int count) {
    position += count;
    left -= count;
  }

  private Optional<Piece> nextBeyondZeros() throws IOException {
    if (behindHole.isPresent()) {
      Optional<Piece> next = behindHole;
      behindHole = Optional.empty();
      return next;
    }
    Optional<ByteBuffer> block = nextRead(BLOCK);
    while (block.isPresent() && isZero(block.get())) {
      hole += block.get().limit() - Packet.HEAD_SIZE;
      block = nextRead(BLOCK);
    }
    Optional<Piece> next = block.map(Piece::bytes);
    if (hole == 0) {
      return next;
    }
    behindHole = next;
    Piece before = Piece.hole(hole);
    hole = 0;
    return Optional.of(before);
  }

  private static boolean isZero(ByteBuffer message) {
    int count = message.limit() - Packet.HEAD_SIZE;
    return message.slice(Packet.HEAD_SIZE, count).equals(ZEROS.slice(0, count));
  }
}
