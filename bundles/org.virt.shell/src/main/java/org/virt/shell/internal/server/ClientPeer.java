package org.virt.shell.internal.server;

import java.util.List;
import java.util.Optional;
import org.virt.api.auth.CredentialRequest.Echo;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Peer;

/** A client whose output goes another way; all else is the client's own affair. */
abstract class ClientPeer implements Peer {
  private final Peer client;

  ClientPeer(Peer client) {
    this.client = client;
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
    out().flush();
    return client.edit(text);
  }

  @Override
  public int demo() throws CommandException {
    out().flush();
    return client.demo();
  }

  @Override
  public Optional<char[]> ask(String prompt, Echo echo) throws CommandException {
    out().flush();
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
