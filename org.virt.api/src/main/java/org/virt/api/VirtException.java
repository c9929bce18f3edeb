package org.virt.api;

import java.util.Objects;

/**
 * Reports a request that was not carried out. The message names the action, the object and the
 * reason; what was there before is unchanged unless the method says otherwise.
 */
public final class VirtException extends Exception {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  /** Makes an exception that has no cause of its own. */
  public VirtException(ErrorCode code, String message) {
    super(message);
    this.code = Objects.requireNonNull(code, "code");
  }

  /** Makes an exception that wraps its cause, once. */
  public VirtException(ErrorCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = Objects.requireNonNull(code, "code");
  }

  /** Returns the kind of failure. */
  public ErrorCode code() {
    return code;
  }
}
