package org.virt.shell.internal.command;

/** The arguments do not fit the command. */
public final class UsageException extends Exception {
  private static final long serialVersionUID = 1L;

  public UsageException(String message) {
    super(message);
  }
}
