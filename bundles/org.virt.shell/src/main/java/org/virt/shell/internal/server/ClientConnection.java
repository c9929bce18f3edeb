package org.virt.shell.internal.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandTable;
import org.virt.shell.internal.command.Session;
import org.virt.shell.internal.wire.Frame;
import org.virt.shell.internal.wire.FrameType;
import org.virt.shell.internal.wire.Request;
import org.virt.shell.internal.wire.Wire;
import org.virt.shell.internal.wire.WireException;

/**
 * One client, from its request to its exit status: one thread listens to it, another runs its
 * commands.
 */
final class ClientConnection implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

  private final Wire wire;
  private final ShellContext context;

  ClientConnection(Wire wire, ShellContext context) {
    this.wire = wire;
    this.context = context;
  }

  @Override
  public void run() {
    try (wire) {
      Frame first = wire.receive();
      if (first == null) {
        return;
      }
      if (first.type() != FrameType.OPEN) {
        throw new WireException("a request was expected, not " + first.type());
      }
      Request request = Request.decode(first.payload());
      SocketPeer peer = new SocketPeer(wire, request);
      Thread worker =
          new Thread(() -> work(request, peer), Thread.currentThread().getName() + "-work");
      worker.setDaemon(true);
      worker.start();
      listen(peer);
    } catch (IOException e) {
      LOG.debug("client connection ended: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void listen(SocketPeer peer) throws IOException, InterruptedException {
    try {
      for (Frame frame = wire.receive(); frame != null; frame = wire.receive()) {
        peer.take(frame);
      }
    } finally {
      peer.gone();
    }
  }

  private void work(Request request, SocketPeer peer) {
    try {
      int status = CommandTable.FAILED;
      try {
        context.readiness().call();
        status = run(request, peer);
      } finally {
        peer.out().flush();
        peer.err().flush();
        wire.send(FrameType.EXIT, Integer.toString(status));
      }
    } catch (IOException e) {
      LOG.debug("client has gone: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.warn("request failed", e);
    }
  }

  private int run(Request request, SocketPeer peer) throws IOException {
    return switch (request.mode()) {
      case COMMAND -> command(request, peer);
      case SCRIPT -> script(request, peer);
      case SHELL -> new InteractiveShell(context, peer, request).run();
    };
  }

  private int command(Request request, SocketPeer peer) {
    if (request.arguments().isEmpty()) {
      CommandTable.error(peer, "no command");
      return CommandTable.USAGE;
    }
    String name = request.arguments().get(0);
    List<String> arguments = request.arguments().subList(1, request.arguments().size());
    Session session = new Session(request.uri());
    Optional<Command> command = context.table().find(name);
    if (command.isPresent()) {
      return context.table().run(command.get(), arguments, peer, session);
    }
    try (GogoSession gogo = context.gogo(peer, session)) {
      return gogo.call(name, arguments);
    }
  }

  /**
   * Runs line by line and goes on after an error, as virsh does; the status is the worst of all.
   */
  private int script(Request request, SocketPeer peer) throws IOException {
    int status = CommandTable.DONE;
    try (GogoSession gogo = context.gogo(peer, new Session(request.uri()));
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(peer.wantInput(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null && !gogo.ended(); line = lines.readLine()) {
        peer.interrupts().reset();
        status = Math.max(status, gogo.line(line));
      }
    }
    return status;
  }
}
