package org.virt.remote.internal.session;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.virt.remote.internal.net.FilePart;
import org.virt.remote.internal.net.Peer;
import org.virt.rpc.Header;
import org.virt.rpc.Packet;
import org.virt.rpc.StreamHole;

/** What a client gets by a stream. */
public interface StreamSource {
  /** What libvirt's own server sends at most in a packet, since clients of old take no more. */
  int PIECE = 256 * 1024 - Header.SIZE;

  /** What the client gets of a stream in which only it sends. */
  StreamSource NOTHING = Optional::empty;

  /** Waits for what comes next; nothing at the end. */
  Optional<Piece> next() throws IOException;

  /** Something that is sent in a packet. */
  @FunctionalInterface
  interface Piece {
    /** Bytes that may wait to be fetched. */
    long UNSENT = 1024 * 1024;

    /** How long a client may take to fetch them. */
    long FETCH_MINUTES = 60;

    /** Sends it, and waits while too much is not fetched; says whether more may be sent. */
    boolean send(Peer peer, Header stream) throws InterruptedException;

    /** Returns bytes, behind {@link Packet#HEAD_SIZE} of room. */
    static Piece bytes(ByteBuffer message) {
      return (peer, stream) -> send(peer, Packet.frame(stream, message));
    }

    /** Returns a part of a file. */
    static Piece of(FilePart part) {
      return (peer, stream) -> peer.send(stream, part, FETCH_MINUTES, TimeUnit.MINUTES);
    }

    /** Returns zeros that are not sent. */
    static Piece hole(long length) {
      return (peer, stream) -> send(peer, new StreamHole(length).encode(stream));
    }

    private static boolean send(Peer peer, ByteBuffer message) throws InterruptedException {
      peer.send(message);
      return peer.awaitSent(UNSENT, FETCH_MINUTES, TimeUnit.MINUTES);
    }
  }

  /** Returns what an input has, as soon as there is something. */
  static StreamSource of(InputStream input) {
    return new StreamSource() {
      private int room = 8192;

      @Override
      public Optional<Piece> next() throws IOException {
        byte[] message = new byte[Packet.HEAD_SIZE + room];
        int count = input.read(message, Packet.HEAD_SIZE, room);
        if (count < 0) {
          return Optional.empty();
        }
        if (count == room) {
          room = PIECE;
        }
        return Optional.of(Piece.bytes(ByteBuffer.wrap(message, 0, Packet.HEAD_SIZE + count)));
      }
    };
  }
}
