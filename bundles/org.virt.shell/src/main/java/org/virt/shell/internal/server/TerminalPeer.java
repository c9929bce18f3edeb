package org.virt.shell.internal.server;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.virt.api.auth.CredentialRequest.Echo;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Peer;

/** A client in the interactive shell: everything that is printed goes through the terminal. */
final class TerminalPeer implements Peer {
  private final SocketPeer client;
  private final Terminal terminal;
  private final PrintStream out;

  TerminalPeer(SocketPeer client, Terminal terminal) {
    this.client = client;
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
  public boolean quiet() {
    return client.quiet();
  }

  @Override
  public boolean hasTerminal() {
    return true;
  }

  @Override
  public List<String> readFiles(List<String> paths) throws CommandException {
    return client.readFiles(paths);
  }

  @Override
  public void writeFile(String path, byte[] content) throws CommandException {
    client.writeFile(path, content);
  }

  @Override
  public Optional<List<String>> listFolder(String path) throws CommandException {
    return client.listFolder(path);
  }

  @Override
  public String edit(String text) throws CommandException {
    out.flush();
    return client.edit(text);
  }

  @Override
  public int demo() throws CommandException {
    out.flush();
    return client.demo();
  }

  @Override
  public Optional<char[]> ask(String prompt, Echo echo) throws CommandException {
    out.flush();
    return client.ask(prompt, echo);
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

  @Override
  public void onInterrupt(Runnable action) {
    client.onInterrupt(action);
  }
}
