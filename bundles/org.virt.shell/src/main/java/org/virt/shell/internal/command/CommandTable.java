package org.virt.shell.internal.command;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.VirtException;

/** All commands by name, and the one place where they are run and their errors told. */
public final class CommandTable {
  /** Exit status: done. */
  public static final int DONE = 0;

  /** Exit status: not done. */
  public static final int FAILED = 1;

  /** Exit status: wrong usage. */
  public static final int USAGE = 2;

  private static final Logger LOG = LoggerFactory.getLogger(CommandTable.class);

  private final Map<String, Command> commands = new LinkedHashMap<>();
  private final Services services;

  public CommandTable(Services services, List<Command> all) {
    this.services = services;
    Help help = new Help(this);
    help.commands().forEach(this::add);
    all.forEach(this::add);
  }

  private void add(Command command) {
    if (commands.put(command.name(), command) != null) {
      throw new IllegalArgumentException("two commands " + command.name());
    }
  }

  /** Finds a command. */
  public Optional<Command> find(String name) {
    return Optional.ofNullable(commands.get(name));
  }

  /** Returns all commands. */
  public Collection<Command> all() {
    return commands.values();
  }

  /** Returns what the runtime offers. */
  public Services services() {
    return services;
  }

  /**
   * Runs a command and tells its errors to the caller.
   *
   * @return its exit status
   */
  public int run(Command command, List<String> arguments, Peer peer, Session session) {
    try {
      if (arguments.contains("--help") && command.parameter("help").isEmpty()) {
        peer.out().print(Help.of(command));
        return DONE;
      }
      Arguments parsed = Arguments.parse(command, arguments);
      command.action().run(new Invocation(command, parsed, peer, session, services));
      if (!peer.quiet()) {
        // virsh separates what commands print by an empty line.
        peer.out().println();
      }
      return DONE;
    } catch (UsageException e) {
      error(peer, e.getMessage());
      return USAGE;
    } catch (CommandException e) {
      error(peer, e);
      return FAILED;
    } catch (VirtException e) {
      error(peer, e.getMessage());
      return FAILED;
    } catch (Exception e) {
      LOG.warn("command {} failed", command.name(), e);
      error(peer, "internal error in " + command.name() + ": " + e);
      return FAILED;
    } finally {
      peer.out().flush();
      peer.err().flush();
    }
  }

  private static void error(Peer peer, CommandException e) {
    if (!e.getMessage().isEmpty()) {
      error(peer, e.getMessage());
    }
    if (e.getCause() != null) {
      error(peer, e.getCause().getMessage());
    }
    for (Throwable another : e.getSuppressed()) {
      if (another instanceof CommandException known) {
        error(peer, known);
      }
    }
  }

  /** Prints an error as virsh does, after everything that was printed before. */
  public static void error(Peer peer, String message) {
    peer.out().flush();
    peer.err().println("error: " + message);
    peer.err().flush();
  }
}
