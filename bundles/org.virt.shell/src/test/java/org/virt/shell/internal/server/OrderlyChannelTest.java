package org.virt.shell.internal.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class OrderlyChannelTest {
  @TempDir Path folder;

  private SocketChannel client;
  private OrderlyChannel channel;

  @BeforeEach
  void connect() throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("socket"));
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(address);
      client = SocketChannel.open(address);
      channel = new OrderlyChannel(server.accept());
    }
  }

  @AfterEach
  void close() throws IOException {
    Thread.interrupted();
    channel.close();
    client.close();
  }

  private void write(String text) throws IOException {
    channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  private String read() throws IOException {
    ByteBuffer all = ByteBuffer.allocate(100);
    while (client.read(all) >= 0) {
      // Until the end.
    }
    return new String(all.array(), 0, all.position(), StandardCharsets.UTF_8);
  }

  @Test
  void outlivesAnInterruptOfWhoeverWrites() throws IOException {
    Thread.currentThread().interrupt();
    write("here ");
    channel.writeApart(work -> new Thread(work).start());
    write("apart");
    assertTrue(Thread.interrupted());
    channel.close();
    assertEquals("here apart", read());
  }

  @Test
  void keepsTheOrderWhenAnotherThreadWritesOn() throws IOException {
    write("1");
    channel.writeApart(work -> new Thread(work).start());
    write("2");
    write("3");
    channel.close();
    assertEquals("123", read());
  }
}
