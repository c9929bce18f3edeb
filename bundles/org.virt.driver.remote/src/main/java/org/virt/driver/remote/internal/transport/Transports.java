package org.virt.driver.remote.internal.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/** Opens the way to a target. */
public final class Transports {
  private static final int TCP_PORT = 16509;

  private Transports() {}

  /**
   * Opens a channel whose reads and writes block each for itself, and end when it is closed.
   *
   * @param limit how long it may take
   * @throws VirtException {@code OPEN_FAILED} with the reason
   */
  public static ByteChannel open(Target target, Duration limit) throws VirtException {
    try {
      return switch (target.way()) {
        case UNIX -> unix(new SocketPath(System.getenv()).find(target));
        case TCP -> tcp(target, limit);
        case TLS -> TlsChannel.open(target, limit);
        case SSH -> SshChannel.open(target, limit);
      };
    } catch (IOException | IllegalArgumentException | UnsupportedOperationException e) {
      throw new VirtException(ErrorCode.OPEN_FAILED, "open " + target.uri() + ": " + reason(e), e);
    }
  }

  private static SocketChannel tcp(Target target, Duration limit) throws IOException {
    InetSocketAddress address = address(target, TCP_PORT);
    SocketChannel channel = SocketChannel.open();
    try {
      connect(channel.socket(), address, limit);
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Connects a socket that is used by its streams. */
  static Socket connect(Target target, int usualPort, Duration limit) throws IOException {
    InetSocketAddress address = address(target, usualPort);
    Socket socket = new Socket();
    try {
      connect(socket, address, limit);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static void connect(Socket socket, InetSocketAddress address, Duration limit)
      throws IOException {
    try {
      socket.connect(address, (int) limit.toMillis());
      socket.setTcpNoDelay(true);
    } catch (IOException e) {
      throw new IOException("connect to %s: %s".formatted(address, reason(e)), e);
    }
  }

  private static InetSocketAddress address(Target target, int usualPort) throws IOException {
    InetSocketAddress address = new InetSocketAddress(target.host(), target.port(usualPort));
    if (address.isUnresolved()) {
      throw new IOException("the host " + target.host() + " is not known");
    }
    return address;
  }

  private static SocketChannel unix(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      // A listener whose queue is full would hold up a blocking connect without end.
      channel.configureBlocking(false);
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.configureBlocking(true);
      return channel;
    } catch (IOException e) {
      channel.close();
      throw new IOException("connect to %s: %s".formatted(socket, reason(e)), e);
    }
  }

  static String reason(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
