package org.virt.rpc;

import java.io.IOException;

/** Reports bytes or values that are not what the protocol's type says. */
public final class XdrException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Makes an exception. */
  public XdrException(String message) {
    super(message);
  }
}
