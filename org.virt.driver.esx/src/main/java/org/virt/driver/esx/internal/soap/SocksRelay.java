package org.virt.driver.esx.internal.soap;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Leads to one host through a SOCKS proxy: {@code java.net.http} knows HTTP proxies only, so this
 * is one, on a port of the loopback interface. Whoever else of this machine connects to it gets no
 * further than with the proxy itself.
 */
final class SocksRelay implements AutoCloseable {
  private static final int LIMIT_MS = 10_000;
  private static final int MAX_HEAD = 16_384;
  private static final int BUFFER = 16_384;

  private final Proxy proxy;
  private final URI base;
  private final Executor executor;
  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicReference<String> failure = new AtomicReference<>();

  /**
   * Begins to listen.
   *
   * @param base where it leads to
   * @param executor of three threads for each connection
   */
  SocksRelay(Proxy proxy, URI base, Executor executor) throws IOException {
    this.proxy = proxy;
    this.base = base;
    this.executor = executor;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    executor.execute(this::accept);
  }

  /** Returns where it listens, as an HTTP proxy. */
  InetSocketAddress address() {
    return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  /** Returns why the last connection failed, once. */
  Optional<String> takeFailure() {
    return Optional.ofNullable(failure.getAndSet(null));
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        open.add(client);
        executor.execute(() -> serve(client));
      } catch (IOException | RejectedExecutionException e) {
        close();
      }
    }
  }

  private void serve(Socket client) {
    try {
      byte[] head = head(client.getInputStream());
      boolean tunnel = new String(head, StandardCharsets.ISO_8859_1).startsWith("CONNECT ");
      Socket host;
      try {
        host = connect();
      } catch (IOException e) {
        String through = "through " + proxy.host() + ":" + proxy.port() + ": ";
        failure.set(through + Exchanges.reason(e));
        say(client, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        client.close();
        return;
      }
      if (tunnel) {
        say(client, "HTTP/1.1 200 OK\r\n\r\n");
      } else {
        host.getOutputStream().write(head);
      }
      executor.execute(() -> copy(host, client));
      copy(client, host);
    } catch (IOException | RejectedExecutionException e) {
      end(client);
    }
  }

  /** Reads the head of a request, to the empty line. */
  private static byte[] head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int ends = 0;
    while (ends < 2 && head.size() < MAX_HEAD) {
      int c = in.read();
      if (c < 0) {
        throw new IOException("the client left");
      }
      head.write(c);
      ends = c == '\n' ? ends + 1 : c == '\r' ? ends : 0;
    }
    return head.toByteArray();
  }

  private static void say(Socket to, String text) throws IOException {
    to.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    open.add(socket);
    try {
      socket.connect(new InetSocketAddress(proxy.host(), proxy.port()), LIMIT_MS);
      socket.setSoTimeout(LIMIT_MS);
      String host = base.getHost().replaceAll("^\\[|]$", "");
      new SocksHandshake(socket, host, base.getPort()).ask(proxy.type());
      socket.setSoTimeout(0);
      socket.setTcpNoDelay(true);
      return socket;
    } catch (IOException e) {
      end(socket);
      throw e;
    }
  }

  private void copy(Socket from, Socket to) {
    byte[] buffer = new byte[BUFFER];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
      }
    } catch (IOException e) {
      // One of them has left, which is all that there is to say.
    }
    end(from);
    end(to);
  }

  private void end(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      failure.set(e.getMessage());
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      failure.set(e.getMessage());
    }
    open.forEach(this::end);
  }
}
