package org.virt.shell.internal.client;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.virt.shell.internal.wire.FrameType;
import org.virt.shell.internal.wire.Wire;

/**
 * Lets the client give one command to a runtime that only plays its part, so that the JVM can note
 * which classes a command needs. {@code run/virt} makes the client's class archive from that.
 */
public final class Training {
  private static final String FILE = "/dev/null";

  private Training() {}

  /** Takes the path of a socket, which must not exist. */
  public static void main(String[] arguments) throws IOException {
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(Path.of(arguments[0])));
      Thread runtime = new Thread(() -> answer(server), "virt-client-training");
      runtime.setDaemon(true);
      runtime.start();
      Client.main(
          new String[] {
            arguments[0], "COMMAND", "test:///default", "false", "false", "", "define", FILE
          });
    }
  }

  private static void answer(ServerSocketChannel server) {
    try (SocketChannel client = server.accept();
        Wire wire = new Wire(client)) {
      wire.receive();
      wire.send(FrameType.READ_FILE, FILE);
      wire.receive();
      wire.send(FrameType.OUT, "\n");
      wire.send(FrameType.ERR, "\n");
      wire.send(FrameType.EXIT, "0");
      wire.receive();
    } catch (IOException e) {
      System.err.println("error: " + e);
    }
  }
}
