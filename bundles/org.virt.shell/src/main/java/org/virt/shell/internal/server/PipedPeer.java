package org.virt.shell.internal.server;

import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import org.virt.api.auth.CredentialRequest.Echo;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Peer;

/** A client whose command stands in a pipe: output goes there, all else to the client. */
record PipedPeer(Peer client) implements Peer {
  @Override
  public PrintStream out() {
    return System.out;
  }

  @Override
  public PrintStream err() {
    return System.err;
  }

  @Override
  public boolean quiet() {
    return client.quiet();
  }

  @Override
  public boolean hasTerminal() {
    return client.hasTerminal();
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
    return client.edit(text);
  }

  @Override
  public int demo() throws CommandException {
    return client.demo();
  }

  @Override
  public Optional<char[]> ask(String prompt, Echo echo) throws CommandException {
    return client.ask(prompt, echo);
  }

  @Override
  public Keyboard keyboard() throws CommandException {
    return client.keyboard();
  }

  @Override
  public void onInterrupt(Runnable action) {
    client.onInterrupt(action);
  }
}
