package org.virt.shell.internal.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.ByteChannel;
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
 * One client, from its request to its exit status. A command of ours runs on the thread that read
 * it; whatever else a client wants has one thread that listens, one that works and one that writes.
 */
final class ClientConnection {
  private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

  private final OrderlyChannel channel;
  private final Wire wire;
  private final ShellContext context;
  private final Threads threads;

  /** Runs something on another thread. */
  interface Threads {
    /**
     * Begins.
     *
     * @param what what the thread does for the client, for its name
     */
    void execute(String what, Runnable work);
  }

  ClientConnection(ByteChannel client, ShellContext context, Threads threads) {
    this.channel = new OrderlyChannel(client);
    this.wire = new Wire(channel);
    this.context = context;
    this.threads = threads;
  }

  /** Serves the client until it has gone. */
  void serve() {
    try (wire) {
      Frame first = wire.receive();
      if (first == null) {
        return;
      }
      if (first.type() != FrameType.OPEN) {
        throw new WireException("a request was expected, not " + first.type());
      }
      Request request = Request.decode(first.payload());
      Optional<Command> command = command(request);
      if (command.isPresent()) {
        serve(request, command.get());
      } else {
        serveApart(request);
      }
    } catch (IOException e) {
      LOG.debug("client connection ended: {}", e.toString());
    }
  }

  /** Returns the command of ours that is all that a client wants. */
  private Optional<Command> command(Request request) {
    boolean one = request.mode() == Request.Mode.COMMAND && !request.arguments().isEmpty();
    return one ? context.table().find(request.arguments().get(0)) : Optional.empty();
  }

  private void serve(Request request, Command command) {
    Incoming incoming =
        new Incoming(
            wire,
            listening -> {
              channel.writeApart(work -> threads.execute("write", work));
              threads.execute("listen", listening);
            });
    List<String> arguments = request.arguments().subList(1, request.arguments().size());
    Session session = new Session(request.uri());
    work(
        new SocketPeer(wire, request, incoming),
        peer -> context.table().run(command, arguments, peer, session));
    // One that the command has left would end the connection before the client has read.
    Thread.interrupted();
    incoming.listen();
  }

  private void serveApart(Request request) {
    Incoming incoming =
        new Incoming(wire, listening -> channel.writeApart(work -> threads.execute("write", work)));
    incoming.attend();
    SocketPeer peer = new SocketPeer(wire, request, incoming);
    // Not one that serves others later: an interrupt may come late.
    Thread worker =
        new Thread(
            () -> work(peer, client -> run(request, client)),
            Thread.currentThread().getName() + "-work");
    worker.setDaemon(true);
    worker.start();
    incoming.listen();
  }

  /** What a client wants; returns the exit status. */
  private interface Work {
    int run(SocketPeer peer) throws IOException;
  }

  private void work(SocketPeer peer, Work work) {
    try {
      int status = CommandTable.FAILED;
      try {
        context.readiness().call();
        status = work.run(peer);
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
      case COMMAND -> gogo(request, peer);
      case SCRIPT -> script(request, peer);
      case SHELL -> new InteractiveShell(context, peer, request).run();
    };
  }

  /** Runs a command that is not ours. */
  private int gogo(Request request, SocketPeer peer) {
    if (request.arguments().isEmpty()) {
      CommandTable.error(peer, "no command");
      return CommandTable.USAGE;
    }
    String name = request.arguments().get(0);
    List<String> arguments = request.arguments().subList(1, request.arguments().size());
    try (GogoSession gogo = context.gogo(peer, new Session(request.uri()))) {
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
