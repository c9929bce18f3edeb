package org.virt.launcher;

/** Says why the runtime cannot start; the message is for the operator. */
final class LauncherException extends Exception {
  private static final long serialVersionUID = 1L;

  LauncherException(String message) {
    super(message);
  }

  LauncherException(String message, Throwable cause) {
    super(message, cause);
  }
}
