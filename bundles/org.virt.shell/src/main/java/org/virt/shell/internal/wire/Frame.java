package org.virt.shell.internal.wire;

import java.nio.charset.StandardCharsets;

/** One message: type and payload. */
public record Frame(FrameType type, byte[] payload) {
  /** Returns the payload as text. */
  public String text() {
    return new String(payload, StandardCharsets.UTF_8);
  }
}
