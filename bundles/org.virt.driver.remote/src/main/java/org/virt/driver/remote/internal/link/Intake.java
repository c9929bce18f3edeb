package org.virt.driver.remote.internal.link;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.rpc.Header;
import org.virt.rpc.MessageStatus;
import org.virt.rpc.MessageType;
import org.virt.rpc.Packet;
import org.virt.rpc.PacketHead;
import org.virt.rpc.Procedure;
import org.virt.rpc.RpcError;
import org.virt.rpc.XdrStruct;

/**
 * A connection that one stream after the other is read from, and nothing else. The thread that
 * wants the bytes reads: they go from the channel to where they are wanted, and as long as nobody
 * wants them they stay with the other end. For one thread at a time.
 */
public final class Intake implements Asking, AutoCloseable {
  private static final byte[] NOTHING = {};

  private final String name;
  private final ByteChannel channel;
  private final Limits limits;
  private final Patience patience;
  private final ByteBuffer head = ByteBuffer.allocateDirect(Packet.HEAD_SIZE);
  private int lastSerial;

  /** The stream that is open: nothing before the first, and after the end of the last one. */
  private Optional<Header> stream = Optional.empty();

  /** What is to be read of a packet of it. */
  private int left;

  private Intake(String name, ByteChannel channel, LinkRuntime runtime) {
    this.name = name;
    this.channel = channel;
    this.limits = runtime.limits();
    this.patience = new Patience(channel, runtime);
  }

  static Intake open(OtherEnd end, LinkRuntime runtime) throws VirtException {
    Limits limits = runtime.limits();
    Intake intake = new Intake(end.name(), end.opener().open(limits.connect()), runtime);
    try {
      new Handshake(intake, limits, end.logins()).open(end.remoteName());
      return intake;
    } catch (VirtException | RuntimeException e) {
      intake.close();
      throw e;
    }
  }

  /** Opens a stream by a call; what is left of the one before is not read. */
  public void begin(Procedure procedure, XdrStruct args) throws VirtException {
    try {
      leave();
    } catch (IOException e) {
      throw lost(procedure, e);
    }
    ask(procedure, args, limits.call());
    stream = Optional.of(header(procedure));
  }

  /**
   * Waits for bytes of the stream; returns how many came, −1 when it has ended.
   *
   * @throws IOException when it failed; with the other end's error as its cause, if it sent one
   */
  public int read(ByteBuffer into) throws IOException {
    while (left == 0) {
      if (stream.isEmpty()) {
        return -1;
      }
      takeNext(stream.get());
    }
    int end = into.limit();
    into.limit(into.position() + Math.min(left, into.remaining()));
    try {
      int count = receive(into, limits.call());
      left -= count;
      return count;
    } finally {
      into.limit(end);
    }
  }

  @Override
  public XdrStruct ask(Procedure procedure, XdrStruct args, Duration limit) throws VirtException {
    lastSerial++;
    try {
      send(Packet.encode(header(procedure), args), limit);
      Packet answer = message(limit);
      while (answer.header().type() != MessageType.REPLY) {
        answer = message(limit);
      }
      if (answer.header().serial() != lastSerial) {
        throw new IOException("the answer to a call is to another");
      }
      if (answer.header().status() == MessageStatus.ERROR) {
        throw Answer.failure(RpcError.read(answer));
      }
      return answer.read(procedure.ret());
    } catch (IOException e) {
      throw lost(procedure, e);
    }
  }

  /** Ends the connection, and what is open on it. */
  @Override
  public void close() {
    patience.close();
    try {
      channel.close();
    } catch (IOException e) {
      // It is of no use any more; that it cannot even be closed changes nothing.
    }
  }

  private Header header(Procedure procedure) {
    return new Header(
        procedure.program().number(),
        procedure.number(),
        MessageType.CALL,
        lastSerial,
        MessageStatus.OK);
  }

  private VirtException lost(Procedure procedure, IOException e) {
    return new VirtException(
        ErrorCode.RPC,
        "%s: the connection to %s is of no use: %s".formatted(procedure.name(), name, reason(e)),
        e);
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /** Has the other end send no more of the stream. */
  private void leave() throws IOException {
    while (left > 0) {
      left -= receive(ByteBuffer.allocate(left), limits.call());
    }
    if (stream.isPresent()) {
      send(end(stream.get(), MessageStatus.ERROR), limits.call());
      stream = Optional.empty();
    }
  }

  private static ByteBuffer end(Header call, MessageStatus how) {
    return Packet.encode(call.with(MessageType.STREAM, how), NOTHING, 0);
  }

  /** Takes the next message, of content its head alone. */
  private void takeNext(Header call) throws IOException {
    PacketHead next = head(limits.call());
    Header header = next.header();
    boolean content = header.status() == MessageStatus.CONTINUE && next.bodySize() > 0;
    if (header.serial() != call.serial() || !content) {
      take(call, body(next, limits.call()));
    } else if (header.type() != MessageType.STREAM) {
      throw new IOException("a hole in a stream that has none");
    } else {
      left = next.bodySize();
    }
  }

  private void take(Header call, Packet packet) throws IOException {
    Header header = packet.header();
    if (header.serial() != call.serial()) {
      return;
    }
    switch (header.status()) {
      // Only the answer to this tells whether it was the end, or whatever read there failed.
      case CONTINUE -> send(end(call, MessageStatus.OK), limits.call());
      case OK -> stream = Optional.empty();
      case ERROR -> {
        VirtException e = Answer.failure(RpcError.read(packet));
        throw new IOException(e.getMessage(), e);
      }
    }
  }

  private Packet message(Duration limit) throws IOException {
    return body(head(limit), limit);
  }

  private PacketHead head(Duration limit) throws IOException {
    fill(head.clear(), limit);
    return PacketHead.decode(head.flip());
  }

  private Packet body(PacketHead next, Duration limit) throws IOException {
    ByteBuffer body = ByteBuffer.allocate(next.bodySize());
    fill(body, limit);
    return new Packet(next.header(), body.flip());
  }

  private void fill(ByteBuffer bytes, Duration limit) throws IOException {
    while (bytes.hasRemaining()) {
      receive(bytes, limit);
    }
  }

  private int receive(ByteBuffer into, Duration limit) throws IOException {
    int count = patience.within(limit, () -> channel.read(into));
    if (count < 0) {
      throw new EOFException("the other end closed the connection to " + name);
    }
    return count;
  }

  private void send(ByteBuffer message, Duration limit) throws IOException {
    while (message.hasRemaining()) {
      patience.within(limit, () -> channel.write(message));
    }
  }
}
