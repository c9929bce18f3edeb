package org.virt.shell.internal.server;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandSession;
import org.virt.api.auth.CredentialRequest.Echo;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Peer;
import org.virt.shell.internal.command.Session;

/**
 * Whoever uses a Gogo session that is not ours, such as that of a web console: files are those of
 * this process.
 */
final class LocalPeer implements Peer {
  /** Session variable with the URI; the test driver's if not set, for it harms nobody. */
  private static final String URI = "VIRT_URI";

  static Session session(CommandSession gogo) {
    Object uri = gogo.get(URI);
    return new Session(uri == null ? "test:///default" : uri.toString());
  }

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
    return false;
  }

  @Override
  public boolean hasTerminal() {
    return false;
  }

  @Override
  public List<String> readFiles(List<String> paths) throws CommandException {
    List<String> contents = new ArrayList<>();
    for (String path : paths) {
      try {
        contents.add(FileText.of(Files.readAllBytes(Path.of(path))));
      } catch (IOException e) {
        throw new CommandException("Failed to open file '" + path + "': " + e, e);
      }
    }
    return contents;
  }

  @Override
  public void writeFile(String path, byte[] content) throws CommandException {
    try {
      Files.write(Path.of(path), content);
    } catch (IOException e) {
      throw new CommandException("Failed to write file '" + path + "': " + e, e);
    }
  }

  @Override
  public Optional<List<String>> listFolder(String path) throws CommandException {
    Path folder = Path.of(path);
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return Optional.of(
          files
              .filter(Files::isRegularFile)
              .map(file -> file.getFileName().toString())
              .sorted()
              .toList());
    } catch (IOException e) {
      throw new CommandException("Failed to open folder '" + path + "': " + e, e);
    }
  }

  @Override
  public String edit(String text) throws CommandException {
    throw noTerminal();
  }

  @Override
  public int demo() throws CommandException {
    throw noTerminal();
  }

  @Override
  public Optional<char[]> ask(String prompt, Echo echo) throws CommandException {
    throw noTerminal();
  }

  @Override
  public Keyboard keyboard() throws CommandException {
    throw noTerminal();
  }

  private static CommandException noTerminal() {
    return new CommandException("this session has no terminal of its own; use run/virt");
  }

  @Override
  public void onInterrupt(Runnable action) {
    // Nobody tells us.
  }
}
