package org.virt.remote.internal.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.virt.rpc.Header;
import org.virt.rpc.MessageStatus;
import org.virt.rpc.MessageType;
import org.virt.rpc.Packet;

@Timeout(60)
class IoLoopTest {
  private static final int FAILURES = 3;

  @TempDir Path folder;
  private final AtomicInteger ticks = new AtomicInteger();
  private IoLoop loop;
  private ServerSocketChannel server;
  private UnixDomainSocketAddress address;

  @BeforeEach
  void start() throws IOException {
    loop = new IoLoop("virt-remote-test", 1 << 20);
    address = UnixDomainSocketAddress.of(folder.resolve("socket"));
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    loop.close();
  }

  /** Sends each message back, and counts the ticks of the loop. */
  private final class Echo implements PeerHandler {
    private final Peer peer;

    Echo(Peer peer) {
      this.peer = peer;
    }

    @Override
    public void packet(Packet packet) {
      peer.send(message(packet.header().serial()));
    }

    @Override
    public void tick(long now) {
      ticks.incrementAndGet();
    }

    @Override
    public void gone() {
      // Nothing was taken.
    }
  }

  private static ByteBuffer message(int serial) {
    Header header = new Header(1, 2, MessageType.CALL, serial, MessageStatus.OK);
    return Packet.encode(header, new byte[0], 0);
  }

  private static void isServed(SocketChannel client, int serial) throws IOException {
    client.write(message(serial));
    ByteBuffer answer = ByteBuffer.allocate(Packet.HEAD_SIZE);
    while (answer.hasRemaining()) {
      assertTrue(client.read(answer) >= 0);
    }
    assertEquals(message(serial), answer.flip());
  }

  @Test
  void letsAListenerRestThatCannotAcceptAndServesWhoIsThere() throws IOException {
    List<Integer> failedAt = new CopyOnWriteArrayList<>();
    AtomicInteger attempts = new AtomicInteger();
    loop.listen(
        server,
        () -> {
          int attempt = attempts.incrementAndGet();
          if (attempt == 1 || failedAt.size() == FAILURES) {
            return server.accept();
          }
          failedAt.add(ticks.get());
          throw new IOException("no descriptors are left, says a test");
        },
        client -> loop.add(client, client, Echo::new));
    try (SocketChannel first = SocketChannel.open(address)) {
      isServed(first, 1);
      try (SocketChannel second = SocketChannel.open(address)) {
        isServed(first, 2);
        isServed(second, 3);
        isServed(first, 4);
      }
    }
    // Between any two attempts there is a tick.
    assertEquals(FAILURES, failedAt.stream().distinct().count());
    assertEquals(1 + FAILURES + 1, attempts.get());
  }
}
