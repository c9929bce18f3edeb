package org.virt.shell.internal.server;

import java.io.PrintStream;
import org.virt.shell.internal.command.Peer;

/** A client whose command stands in a pipe: output goes there. */
final class PipedPeer extends ClientPeer {
  PipedPeer(Peer client) {
    super(client);
  }

  @Override
  public PrintStream out() {
    return System.out;
  }

  @Override
  public PrintStream err() {
    return System.err;
  }
}
