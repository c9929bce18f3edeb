package org.virt.driver.remote.internal;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
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

/**
 * Another end that answers every call with nothing but zeros, unless a test has it do otherwise.
 */
final class FakePeer implements AutoCloseable {
  private static final Protocol PROTOCOL = Protocol.libvirt();

  /** What it was asked, in order. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  /** Packets of streams and of the keep-alive program that came. */
  final List<Packet> others = new CopyOnWriteArrayList<>();

  private final Path folder;
  private final Path socket;
  private final Map<String, Behaviour> behaviours = new ConcurrentHashMap<>();
  private final List<Client> clients = new CopyOnWriteArrayList<>();
  private ServerSocketChannel server;

  /** What it does when it is asked something. */
  @FunctionalInterface
  interface Behaviour {
    void answer(Client client, Header call, Packet packet) throws IOException;
  }

  FakePeer() throws IOException {
    folder = Files.createTempDirectory("peer");
    socket = folder.resolve("sock");
    listen();
  }

  URI uri() {
    return URI.create("test+unix:///default?socket=" + socket);
  }

  /** Has it do something else when it is asked. */
  void on(String procedure, Behaviour behaviour) {
    behaviours.put(procedure, behaviour);
  }

  /** Has it answer with values. */
  void answer(String procedure, Object... values) {
    on(procedure, (client, call, packet) -> client.reply(call, values));
  }

  /** Has it answer with zeros again. */
  void forget(String procedure) {
    behaviours.remove(procedure);
  }

  Client client() {
    return clients.get(clients.size() - 1);
  }

  int connections() {
    return clients.size();
  }

  synchronized void listen() throws IOException {
    Files.deleteIfExists(socket);
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    ServerSocketChannel mine = server;
    daemon(
        () -> {
          while (mine.isOpen()) {
            Client client = new Client(mine.accept());
            clients.add(client);
            daemon(client::serve);
          }
        });
  }

  /** Cuts all connections and takes no more. */
  synchronized void stop() throws IOException {
    server.close();
    Files.deleteIfExists(socket);
    for (Client client : clients) {
      client.cut();
    }
  }

  @Override
  public void close() throws IOException {
    stop();
    Files.delete(folder);
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void daemon(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // It was closed, here or there.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  /** One connection. */
  final class Client {
    private final SocketChannel channel;
    private volatile boolean over;

    private Client(SocketChannel channel) {
      this.channel = channel;
    }

    /** Answers a call with values. */
    void reply(Header call, Object... values) throws IOException {
      Procedure procedure = PROTOCOL.procedure(call.program(), call.procedure()).orElseThrow();
      write(
          Packet.encode(
              call.with(MessageType.REPLY, MessageStatus.OK), procedure.ret().of(values)));
    }

    /** Answers a call with zeros: numbers 0, texts and lists empty. */
    void zeros(Header call) throws IOException {
      Procedure procedure = PROTOCOL.procedure(call.program(), call.procedure()).orElseThrow();
      int size = procedure.ret().minSize();
      write(Packet.encode(call.with(MessageType.REPLY, MessageStatus.OK), new byte[size], size));
    }

    void error(Header call, int code, String text) throws IOException {
      error(call, MessageType.REPLY, code, text);
    }

    void error(Header call, MessageType type, int code, String text) throws IOException {
      XdrStruct error = new RpcError(code, 10, text, text).toXdr();
      write(Packet.encode(call.with(type, MessageStatus.ERROR), error));
    }

    /** Sends a packet of a stream. */
    void stream(Header call, MessageStatus status, byte[] bytes) throws IOException {
      write(Packet.encode(call.with(MessageType.STREAM, status), bytes, bytes.length));
    }

    void event(String procedure, XdrStruct body) throws IOException {
      write(Packet.encode(Header.event(PROTOCOL.procedure(Program.REMOTE, procedure)), body));
    }

    /** Sends an event that is nothing but zeros. */
    void event(Procedure procedure) throws IOException {
      int size = procedure.event().orElse(procedure.args()).minSize();
      write(Packet.encode(Header.event(procedure), new byte[size], size));
    }

    synchronized void write(ByteBuffer bytes) throws IOException {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }

    /** Says whether the connection has ended. */
    boolean isOver() {
      return over;
    }

    void cut() throws IOException {
      channel.close();
    }

    private void serve() throws IOException {
      PacketReader reader = new PacketReader(Packet.MAX);
      ByteBuffer in = ByteBuffer.allocate(64 * 1024);
      try (channel) {
        while (channel.read(in) >= 0) {
          in.flip();
          Optional<Packet> packet = reader.next(in);
          while (packet.isPresent()) {
            take(packet.get());
            packet = reader.next(in);
          }
          in.clear();
        }
      } finally {
        over = true;
      }
    }

    private void take(Packet packet) throws IOException {
      Header header = packet.header();
      if (header.type() != MessageType.CALL) {
        others.add(packet);
        if (header.type() == MessageType.STREAM && header.status() == MessageStatus.OK) {
          stream(header, MessageStatus.OK, new byte[0]);
        }
        return;
      }
      Procedure procedure = PROTOCOL.procedure(header.program(), header.procedure()).orElseThrow();
      asked.add(procedure.name());
      behaviours
          .getOrDefault(procedure.name(), (client, call, whole) -> client.zeros(call))
          .answer(this, header, packet);
    }
  }
}
