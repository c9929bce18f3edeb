package org.virt.shell.internal.server;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;

/** A client in the interactive shell: everything that is printed goes through the terminal. */
final class TerminalPeer extends ClientPeer {
  private final Terminal terminal;
  private final PrintStream out;

  TerminalPeer(SocketPeer client, Terminal terminal) {
    super(client);
    this.terminal = terminal;
    this.out = new PrintStream(terminal.output(), false, StandardCharsets.UTF_8);
  }

  @Override
  public PrintStream out() {
    return out;
  }

  @Override
  public PrintStream err() {
    return out;
  }

  @Override
  public Keyboard keyboard() {
    Attributes before = terminal.enterRawMode();
    Attributes raw = terminal.getAttributes();
    raw.setLocalFlag(Attributes.LocalFlag.ISIG, false);
    raw.setOutputFlag(Attributes.OutputFlag.OPOST, false);
    terminal.setAttributes(raw);
    return new Keyboard() {
      @Override
      public InputStream input() {
        return terminal.input();
      }

      @Override
      public void close() {
        terminal.setAttributes(before);
      }
    };
  }
}
