package org.virt.driver.remote.internal.transport;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The command on the other host, and what comes of it. */
final class SshRelay {
  private static final int COMPLAINT_MAX = 1000;

  private SshRelay() {}

  /**
   * Returns a command for any Bourne shell: libvirt's own helper where it is there, else netcat,
   * which ends with our side where it can.
   */
  static String command(Target target) {
    String netcat = quoted(target.option("netcat").orElse("nc"));
    String socket = quoted(SocketPath.elsewhere(target));
    String relay =
        "if %1$s -h 2>&1 | grep -q -e '-q s'; then exec %1$s -q 0 -U %2$s; else exec %1$s -U %2$s; fi"
            .formatted(netcat, socket);
    String helper = "virt-ssh-helper " + quoted(target.name());
    boolean direct = target.option("socket").isPresent() || target.option("netcat").isPresent();
    return switch (target.option("proxy").orElse(direct ? "netcat" : "auto")) {
      case "netcat" -> relay;
      case "native" -> "exec " + helper;
      default ->
          "if command -v virt-ssh-helper >/dev/null 2>&1; then exec %s; else %s; fi"
              .formatted(helper, relay);
    };
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  /** What the relay prints; its end says why, when the command complained. */
  static final class Output extends FilterInputStream {
    private final InputStream complaints;

    Output(InputStream in, InputStream complaints) {
      super(in);
      this.complaints = complaints;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = super.read(bytes, offset, length);
      if (count < 0) {
        String text =
            new String(complaints.readNBytes(COMPLAINT_MAX), StandardCharsets.UTF_8).strip();
        if (!text.isEmpty()) {
          throw new IOException("the other host says: " + text);
        }
      }
      return count;
    }
  }
}
