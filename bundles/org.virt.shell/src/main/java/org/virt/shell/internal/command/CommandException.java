package org.virt.shell.internal.command;

/**
 * A command that was not carried out: what was attempted, and, as cause, why it failed. An empty
 * message is not printed: the output has said it already. What else failed is suppressed in it.
 */
public final class CommandException extends Exception {
  private static final long serialVersionUID = 1L;

  public CommandException(String message) {
    super(message);
  }

  public CommandException(String message, Throwable cause) {
    super(message, cause);
  }
}
