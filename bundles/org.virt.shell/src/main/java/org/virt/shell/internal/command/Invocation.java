package org.virt.shell.internal.command;

import java.io.PrintStream;
import java.util.List;
import org.virt.api.Connect;
import org.virt.api.Domain;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterManager;
import org.virt.api.nwfilter.Filters;

/**
 * One call of a command.
 *
 * @param command which one
 * @param arguments its arguments
 * @param peer who called
 * @param session what the caller has chosen
 * @param services what it may use
 */
public record Invocation(
    Command command, Arguments arguments, Peer peer, Session session, Services services) {

  /** Returns standard output. */
  public PrintStream out() {
    return peer.out();
  }

  /** Prints what only confirms; nothing when quiet. */
  public void confirm(String message) {
    if (!peer.quiet()) {
      out().println(message);
    }
  }

  /** Returns the connection to the caller's hypervisor. */
  public Connect connect() throws CommandException {
    return attempt(
        "failed to connect to the hypervisor",
        () -> services.connect(session.uri(), new PeerAuthenticator(peer)));
  }

  /** Returns the machine that the argument {@code domain} names. */
  public Domain domain() throws CommandException {
    String name = arguments.required("domain");
    Connect connect = connect();
    return attempt("failed to get domain '" + name + "'", () -> connect.lookup(name));
  }

  /** Returns the filter manager; refused for another host, whose filters it does not know. */
  public FilterManager filters() throws CommandException {
    if (isFar()) {
      throw new CommandException(
          "failed to use network filters",
          new VirtException(
              ErrorCode.NO_SUPPORT,
              command.name() + " is about filters of this host, and not of " + session.uri()));
    }
    return attempt("failed to use network filters", services::filters);
  }

  /** Returns the filters of the host that the caller is connected to. */
  public Filters filtersThere() throws CommandException {
    return isFar() ? connect().facet(Filters.class) : filters();
  }

  /** A transport in the URI leads to another end. */
  private boolean isFar() {
    return session.uri().matches("[^:+]+\\+.*");
  }

  /** Returns the file that an argument names. */
  public String file(String argument) throws CommandException {
    return peer.readFiles(List.of(arguments.required(argument))).get(0);
  }

  /** Reads the files of an argument that may be given several times, in the order given. */
  public List<String> files(String argument) throws CommandException {
    return peer.readFiles(arguments.values(argument));
  }

  /**
   * Reads the name of an interface.
   *
   * @throws UsageException when it cannot be one
   */
  public static PortId port(String name) throws UsageException {
    try {
      return new PortId(name);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
  }

  /** Does something that may fail, and says then what was attempted. */
  public static <T> T attempt(String failure, Attempt<T> attempt) throws CommandException {
    try {
      return attempt.run();
    } catch (VirtException e) {
      throw new CommandException(failure, e);
    }
  }

  /** Does something that may fail, and says then what was attempted. */
  public static void attempt(String failure, Step step) throws CommandException {
    try {
      step.run();
    } catch (VirtException e) {
      throw new CommandException(failure, e);
    }
  }

  /** Something that may fail and gives a result. */
  @FunctionalInterface
  public interface Attempt<T> {
    T run() throws VirtException;
  }

  /** Something that may fail. */
  @FunctionalInterface
  public interface Step {
    void run() throws VirtException;
  }
}
