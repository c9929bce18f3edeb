package org.virt.shell.internal.server;

/** Ends a line of Gogo after one of our commands has failed and has told its error. */
final class ToldException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;

  ToldException(int status) {
    super("exit status " + status);
    this.status = status;
  }

  /** Returns the exit status. */
  int status() {
    return status;
  }
}
