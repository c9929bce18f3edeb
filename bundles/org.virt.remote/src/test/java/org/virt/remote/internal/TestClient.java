package org.virt.remote.internal;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Optional;
import org.virt.rpc.Header;
import org.virt.rpc.MessageStatus;
import org.virt.rpc.MessageType;
import org.virt.rpc.Packet;
import org.virt.rpc.PacketReader;
import org.virt.rpc.Procedure;
import org.virt.rpc.Program;
import org.virt.rpc.Protocol;
import org.virt.rpc.RpcError;
import org.virt.rpc.XdrStruct;

/** A client of libvirt's protocol that does one thing at a time. */
final class TestClient implements AutoCloseable {
  private static final Protocol PROTOCOL = Protocol.libvirt();

  final SocketChannel channel;
  private final PacketReader reader = new PacketReader(Packet.MAX);
  private final ByteBuffer bytes = ByteBuffer.allocate(65536).limit(0);
  private int serial;

  TestClient(Path socket) throws IOException {
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
  }

  /** What the server said to a call: a reply, or an error. */
  record Answer(Optional<XdrStruct> reply, Optional<RpcError> error) {}

  /** Calls and expects a reply. */
  XdrStruct call(String name, Object... values) throws IOException {
    Answer answer = ask(name, values);
    return answer
        .reply()
        .orElseThrow(() -> new AssertionError(name + ": " + answer.error().orElseThrow()));
  }

  /** Calls and expects an error. */
  RpcError fails(String name, Object... values) throws IOException {
    return ask(name, values).error().orElseThrow(() -> new AssertionError(name + " went well"));
  }

  Answer ask(String name, Object... values) throws IOException {
    Procedure procedure = PROTOCOL.procedure(Program.REMOTE, name);
    return ask(procedure, procedure.args().of(values));
  }

  Answer ask(Procedure procedure, XdrStruct args) throws IOException {
    int number = send(procedure, args);
    Packet packet = receive();
    while (packet.header().serial() != number || packet.header().type() != MessageType.REPLY) {
      packet = receive();
    }
    return answer(packet, procedure);
  }

  Answer answer(Packet packet, Procedure procedure) throws IOException {
    return packet.header().status() == MessageStatus.ERROR
        ? new Answer(Optional.empty(), Optional.of(RpcError.read(packet)))
        : new Answer(Optional.of(packet.read(procedure.ret())), Optional.empty());
  }

  /** Sends a call and returns its serial. */
  int send(Procedure procedure, XdrStruct args) throws IOException {
    Header header =
        new Header(
            procedure.program().number(),
            procedure.number(),
            MessageType.CALL,
            ++serial,
            MessageStatus.OK);
    write(Packet.encode(header, args));
    return serial;
  }

  void write(ByteBuffer message) throws IOException {
    while (message.hasRemaining()) {
      channel.write(message);
    }
  }

  Packet receive() throws IOException {
    while (true) {
      while (bytes.hasRemaining()) {
        Optional<Packet> packet = reader.next(bytes);
        if (packet.isPresent()) {
          return packet.get();
        }
      }
      bytes.clear();
      int count = channel.read(bytes);
      bytes.flip();
      if (count < 0) {
        throw new EOFException("the server has ended the connection");
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
