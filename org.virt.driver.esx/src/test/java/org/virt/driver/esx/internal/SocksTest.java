package org.virt.driver.esx.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.virt.api.ErrorCode;
import org.virt.spi.driver.DriverConnection;

/** Connections through proxies. */
class SocksTest extends StubCase {
  private SocksServer proxy;

  @BeforeEach
  void startProxy() throws IOException {
    proxy = new SocksServer();
  }

  @AfterEach
  void stopProxy() throws IOException {
    proxy.close();
  }

  private URI through(String type, String uri) {
    return URI.create(uri + "&proxy=" + type + "://127.0.0.1:" + proxy.port());
  }

  @TestFactory
  Stream<DynamicTest> connectsThroughEachKindOfProxy() {
    return Stream.of("socks", "socks4", "socks4a", "socks5")
        .map(type -> DynamicTest.dynamicTest(type, () -> connects(type)));
  }

  private void connects(String type) throws Exception {
    proxy.asked.clear();
    DriverConnection connection = driver.open(through(type, host.uri().toString()));
    assertEquals(List.of(), connection.domains());
    connection.close();
    String version = type.startsWith("socks4") ? "4" : "5";
    assertTrue(proxy.asked.contains(version + " 127.0.0.1:" + host.port()), proxy.asked + "");
  }

  @Test
  void hasTheProxyResolveNames() throws Exception {
    String uri = host.uri().toString().replace("127.0.0.1", "esx.invalid");
    EsxDriver other = new EsxDriver(Map.of("password.esx.invalid", "pass", "timeout", "5"));
    other.open(through("socks4a", uri)).close();
    other.open(through("socks5", uri)).close();
    assertTrue(proxy.asked.contains("4 esx.invalid:" + host.port()), proxy.asked + "");
    assertTrue(proxy.asked.contains("5 esx.invalid:" + host.port()), proxy.asked + "");
    other.deactivate();
  }

  @Test
  void tunnelsTls() throws Exception {
    try (Simulator simulator = Simulator.start("-mode", "esx", "-machines", "1")) {
      EsxDriver other = new EsxDriver(Simulator.SECRETS);
      String uri = simulator.uri("esx", "/?no_verify=1").toString();
      DriverConnection connection = other.open(through("socks5", uri));
      assertEquals(1, connection.domains().size());
      other.deactivate();
    }
  }

  @Test
  void saysWhyAProxyRefuses() {
    proxy.code = 5;
    String message =
        fails(ErrorCode.RPC, () -> driver.open(through("socks5", host.uri().toString())).close());
    assertTrue(message.contains("the SOCKS proxy refused: connection refused"), message);
    assertTrue(message.contains("through 127.0.0.1:" + proxy.port()), message);
    message =
        fails(ErrorCode.RPC, () -> driver.open(through("socks4", host.uri().toString())).close());
    assertTrue(message.contains("the SOCKS proxy refused (91)"), message);
  }

  @Test
  void saysWhyThereIsNoConnection() {
    EsxDriver other = new EsxDriver(Map.of("password.esx.invalid", "pass"));
    URI unknown = URI.create("esx://esx.invalid/?transport=http");
    String message = fails(ErrorCode.RPC, () -> other.open(unknown).close());
    other.deactivate();
    assertTrue(message.contains("the name of the host is not known"), message);
    int port = host.port();
    host.close();
    URI closed = URI.create("esx://127.0.0.1:" + port + "/?transport=http");
    message = fails(ErrorCode.RPC, () -> driver.open(closed).close());
    assertTrue(message.contains("refused"), message);
  }

  /** A proxy of versions 4, 4a and 5 that leads every name to this machine. */
  private static final class SocksServer implements AutoCloseable {
    final List<String> asked = new CopyOnWriteArrayList<>();
    volatile int code;
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

    SocksServer() throws IOException {
      run(() -> accept());
    }

    int port() {
      return server.getLocalPort();
    }

    private static void run(Runnable work) {
      Thread thread = new Thread(work, "test-socks");
      thread.setDaemon(true);
      thread.start();
    }

    private void accept() {
      try {
        while (!server.isClosed()) {
          Socket client = server.accept();
          run(() -> serve(client));
        }
      } catch (IOException e) {
        assertTrue(server.isClosed(), e.toString());
      }
    }

    private void serve(Socket client) {
      try {
        DataInputStream in = new DataInputStream(client.getInputStream());
        int version = in.readByte();
        int port = version == 4 ? version4(in) : version5(in, client.getOutputStream());
        int answer = version == 4 && code == 0 ? 90 : version == 4 ? 91 : code;
        byte[] head = version == 4 ? new byte[8] : new byte[] {5, 0, 0, 1, 0, 0, 0, 0, 0, 0};
        head[1] = (byte) answer;
        client.getOutputStream().write(head);
        if (code != 0) {
          return;
        }
        Socket there = new Socket("127.0.0.1", port);
        run(() -> copy(there, client));
        copy(client, there);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        close(client);
      }
    }

    private int version4(DataInputStream in) throws IOException {
      in.readByte();
      int port = in.readUnsignedShort();
      byte[] address = new byte[4];
      in.readFully(address);
      text(in);
      boolean named = address[0] == 0;
      String host = named ? text(in) : InetAddress.getByAddress(address).getHostAddress();
      asked.add("4 " + host + ":" + port);
      return port;
    }

    private static String text(DataInputStream in) throws IOException {
      StringBuilder text = new StringBuilder();
      for (int c = in.read(); c > 0; c = in.read()) {
        text.append((char) c);
      }
      return text.toString();
    }

    private int version5(DataInputStream in, OutputStream out) throws IOException {
      in.readFully(new byte[in.readByte()]);
      out.write(new byte[] {5, 0});
      in.readFully(new byte[3]);
      byte[] address = new byte[in.readByte() == 1 ? 4 : in.readUnsignedByte()];
      in.readFully(address);
      int port = in.readUnsignedShort();
      String host =
          address.length == 4
              ? InetAddress.getByAddress(address).getHostAddress()
              : new String(address, StandardCharsets.UTF_8);
      asked.add("5 " + host + ":" + port);
      return port;
    }

    private static void copy(Socket from, Socket to) {
      try (from;
          to) {
        InputStream in = from.getInputStream();
        in.transferTo(to.getOutputStream());
      } catch (IOException e) {
        // One of them has left.
      }
    }

    private static void close(Socket socket) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
