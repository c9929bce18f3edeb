package org.virt.shell.internal.server;

import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.felix.gogo.runtime.CommandNotFoundException;
import org.apache.felix.gogo.runtime.SyntaxError;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.shell.internal.command.CommandTable;
import org.virt.shell.internal.command.Peer;
import org.virt.shell.internal.command.Session;

/** Runs lines of Gogo for one client, and commands that are not ours. */
final class GogoSession implements AutoCloseable {
  /**
   * Session variable with the {@link GogoSession} itself, for our commands to find their caller.
   */
  static final String SELF = ".virt.session";

  private static final Logger LOG = LoggerFactory.getLogger(GogoSession.class);
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*(:[A-Za-z_][A-Za-z0-9_.-]*)?");

  private final Peer peer;
  private final Session session;
  private final ShellContext context;
  private final Optional<CommandSession> gogo;
  private boolean ended;

  GogoSession(ShellContext context, Peer peer, Session session) {
    this.peer = peer;
    this.session = session;
    this.context = context;
    this.gogo = context.processor().get().map(this::open);
  }

  private CommandSession open(CommandProcessor with) {
    CommandSession opened =
        with.createSession(new ByteArrayInputStream(new byte[0]), peer.out(), peer.err());
    // Our names first: start, help and others are Felix's too.
    opened.put("SCOPE", "virt:*");
    opened.put(SELF, this);
    if (!peer.hasTerminal()) {
      // Gogo's grep takes every session for a terminal: no style for a match, then.
      opened.put("GREP_COLORS", "fn=");
    }
    return opened;
  }

  Peer peer() {
    return peer;
  }

  Session session() {
    return session;
  }

  Optional<CommandSession> gogo() {
    return gogo;
  }

  /** Says whether the user has asked to leave. */
  boolean ended() {
    return ended;
  }

  /**
   * Calls a command of Gogo's with a list of arguments, which are not looked into: they travel as
   * variables.
   */
  int call(String name, List<String> arguments) {
    if (gogo.isEmpty() || !NAME.matcher(name).matches()) {
      return unknown(name);
    }
    StringBuilder line = new StringBuilder(name);
    for (int i = 0; i < arguments.size(); i++) {
      gogo.get().put("argument" + i, arguments.get(i));
      line.append(" $argument").append(i);
    }
    return execute(line.toString());
  }

  /** Runs a line as somebody typed it. */
  int line(String line) {
    String stripped = line.strip();
    if (stripped.isEmpty() || stripped.startsWith("#")) {
      return CommandTable.DONE;
    }
    if (stripped.equals("quit") || stripped.equals("exit")) {
      ended = true;
      return CommandTable.DONE;
    }
    if (gogo.isEmpty()) {
      CommandTable.error(peer, "the bundle org.apache.felix.gogo.runtime is not running");
      return CommandTable.FAILED;
    }
    return execute(stripped);
  }

  private int execute(String line) {
    context.processor().get().ifPresent(context.tools()::register);
    try {
      Object result = gogo.get().execute(line);
      if (result != null) {
        peer.out().println(gogo.get().format(result, Converter.INSPECT));
      }
      return CommandTable.DONE;
    } catch (ToldException e) {
      return e.status();
    } catch (CommandNotFoundException e) {
      return unknown(e.getCommand());
    } catch (SyntaxError | IllegalArgumentException e) {
      CommandTable.error(peer, String.valueOf(e.getMessage()));
      return CommandTable.USAGE;
    } catch (Exception e) {
      LOG.debug("line failed", e);
      CommandTable.error(peer, e.getMessage() == null ? e.toString() : e.getMessage());
      return CommandTable.FAILED;
    } finally {
      peer.out().flush();
      peer.err().flush();
    }
  }

  private int unknown(String name) {
    CommandTable.error(peer, "unknown command: '" + name + "'");
    return CommandTable.USAGE;
  }

  @Override
  public void close() {
    gogo.ifPresent(CommandSession::close);
  }
}
