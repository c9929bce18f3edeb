package org.virt.shell.internal.wire;

import java.io.IOException;

/** The other side does not keep to the protocol. */
public final class WireException extends IOException {
  private static final long serialVersionUID = 1L;

  public WireException(String message) {
    super(message);
  }
}
