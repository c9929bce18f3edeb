package org.virt.remote.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.security.auth.x500.X500Principal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.access.ClientIdentity;
import org.virt.api.access.ClientIdentity.Transport;
import org.virt.remote.internal.net.IoLoop;
import org.virt.remote.internal.net.TlsChannel;
import org.virt.remote.internal.session.Admission;

/** A port that clients come by, plain or by TLS with certificates on both ends. */
final class NetworkListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NetworkListener.class);
  private static final int HANDSHAKE_SECONDS = 15;

  private final ServerSocketChannel server;
  private final RemoteServer clients;
  private final Terms terms;
  private final Executor threads;
  private final Semaphore handshakes;

  /**
   * On what terms clients come.
   *
   * @param tls absent: without any protection
   */
  record Terms(Optional<Tls> tls, Admission admission) {}

  /**
   * What TLS needs.
   *
   * @param context keys and whom to trust
   * @param names patterns of clients' distinguished names ({@code *}, {@code ?}); empty: all that
   *     are trusted
   */
  record Tls(SSLContext context, List<Pattern> names) {
    /** Makes patterns of texts. */
    static List<Pattern> patterns(String... names) {
      return List.of(names).stream()
          .map(
              name ->
                  Pattern.compile(
                      Pattern.quote(name).replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q")))
          .toList();
    }

    boolean admits(String name) {
      return names.isEmpty() || names.stream().anyMatch(p -> p.matcher(name).matches());
    }
  }

  /**
   * Listens.
   *
   * @param address {@code HOST:PORT}, {@code :PORT} for all addresses
   * @param handshakes threads for handshakes
   */
  NetworkListener(
      String address, Terms terms, RemoteServer clients, IoLoop loop, Executor handshakes)
      throws IOException {
    this.clients = clients;
    this.terms = terms;
    this.threads = handshakes;
    this.handshakes = new Semaphore(clients.limits().unauthenticated());
    server = ServerSocketChannel.open();
    try {
      server.bind(parse(address));
    } catch (IOException | IllegalArgumentException e) {
      server.close();
      throw new IOException("listen on " + address + ": " + e.getMessage(), e);
    }
    LOG.info(
        "listening on {} by {}", address, terms.tls().isPresent() ? "TLS" : "TCP, unprotected");
    loop.listen(server, this::accept);
  }

  /** Returns the port. */
  int port() throws IOException {
    return ((InetSocketAddress) server.getLocalAddress()).getPort();
  }

  private static InetSocketAddress parse(String address) throws IOException {
    int colon = address.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("no port");
    }
    int port = Integer.parseInt(address.substring(colon + 1));
    String host = address.substring(0, colon).replaceAll("^\\[|\\]$", "");
    return host.isEmpty()
        ? new InetSocketAddress(port)
        : new InetSocketAddress(InetAddress.getByName(host), port);
  }

  private void accept(SocketChannel client) {
    try {
      client.setOption(StandardSocketOptions.TCP_NODELAY, true);
      if (!clients.hasRoom(terms.admission())) {
        client.close();
      } else if (terms.tls().isEmpty()) {
        clients.serve(client, client, identity(client, Transport.TCP, null), terms.admission());
      } else if (handshakes.tryAcquire()) {
        client.configureBlocking(true);
        shakeHands(client, terms.tls().get());
      } else {
        LOG.warn("a client is turned away: too many have not authenticated");
        client.close();
      }
    } catch (IOException e) {
      LOG.debug("a client has gone before it was served: {}", e.toString());
    }
  }

  private void shakeHands(SocketChannel client, Tls with) throws IOException {
    try {
      threads.execute(
          () -> {
            try {
              admit(client, with);
            } catch (IOException e) {
              LOG.info("a client fails to authenticate by TLS: {}", e.getMessage());
              close(client);
            } finally {
              handshakes.release();
            }
          });
    } catch (RejectedExecutionException e) {
      handshakes.release();
      client.close();
    }
  }

  private void admit(SocketChannel client, Tls with) throws IOException {
    SSLEngine engine = with.context().createSSLEngine();
    engine.setUseClientMode(false);
    engine.setNeedClientAuth(true);
    TlsChannel channel = new TlsChannel(client, engine);
    channel.handshake(HANDSHAKE_SECONDS);
    String name = engine.getSession().getPeerPrincipal().getName();
    if (engine.getSession().getPeerPrincipal() instanceof X500Principal principal) {
      name = principal.getName(X500Principal.RFC2253);
    }
    if (!with.admits(name)) {
      throw new IOException("the certificate of '" + name + "' is not on the list");
    }
    // libvirt's sign that the client is admitted.
    channel.write(ByteBuffer.wrap(new byte[] {1}));
    clients.serve(client, channel, identity(client, Transport.TLS, name), terms.admission());
  }

  private static ClientIdentity identity(SocketChannel client, Transport how, String certificate)
      throws IOException {
    InetSocketAddress from = (InetSocketAddress) client.getRemoteAddress();
    return new ClientIdentity(
        how,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.ofNullable(certificate),
        from.getAddress().getHostAddress() + ";" + from.getPort());
  }

  private static void close(SocketChannel client) {
    try {
      client.close();
    } catch (IOException e) {
      LOG.debug("close a client's connection: {}", e.toString());
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
