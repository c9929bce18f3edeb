package org.virt.shell.internal.server;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.virt.api.auth.CredentialRequest.Echo;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Peer;

/** A client that keeps what it is told. */
final class FakePeer implements Peer {
  final Map<String, String> files = new HashMap<>();
  UnaryOperator<String> editor = text -> text;
  final List<Runnable> onInterrupt = new CopyOnWriteArrayList<>();
  boolean quiet;

  /** What the user types, line by line; null: there is no terminal. */
  List<String> typed;

  final List<String> asked = new ArrayList<>();
  private final ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
  private final ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(outBytes, true, StandardCharsets.UTF_8);
  private final PrintStream err = new PrintStream(errBytes, true, StandardCharsets.UTF_8);

  /** Returns what was printed since the last call. */
  String printed() {
    return taken(outBytes);
  }

  /** Returns the errors since the last call. */
  String errors() {
    return taken(errBytes);
  }

  private static String taken(ByteArrayOutputStream bytes) {
    String text = bytes.toString(StandardCharsets.UTF_8);
    bytes.reset();
    return text;
  }

  @Override
  public PrintStream out() {
    return out;
  }

  @Override
  public PrintStream err() {
    return err;
  }

  @Override
  public boolean quiet() {
    return quiet;
  }

  @Override
  public boolean hasTerminal() {
    return false;
  }

  @Override
  public List<String> readFiles(List<String> paths) throws CommandException {
    for (String path : paths) {
      if (!files.containsKey(path)) {
        throw new CommandException("Failed to open file '" + path + "': No such file or directory");
      }
    }
    return paths.stream().map(files::get).toList();
  }

  @Override
  public void writeFile(String path, byte[] content) {
    files.put(path, new String(content, StandardCharsets.ISO_8859_1));
  }

  @Override
  public Optional<List<String>> listFolder(String path) {
    List<String> names =
        files.keySet().stream()
            .filter(file -> file.startsWith(path + "/"))
            .map(file -> file.substring(path.length() + 1))
            .filter(name -> name.indexOf('/') < 0)
            .sorted()
            .toList();
    return names.isEmpty() ? Optional.empty() : Optional.of(names);
  }

  @Override
  public String edit(String text) {
    return editor.apply(text);
  }

  @Override
  public int demo() {
    return 0;
  }

  @Override
  public Optional<char[]> ask(String prompt, Echo echo) throws CommandException {
    asked.add(prompt + echo);
    if (typed == null) {
      throw new CommandException("standard input is no terminal");
    }
    return typed.isEmpty() ? Optional.empty() : Optional.of(typed.remove(0).toCharArray());
  }

  @Override
  public Keyboard keyboard() throws CommandException {
    throw new CommandException("no keyboard");
  }

  @Override
  public void onInterrupt(Runnable action) {
    onInterrupt.add(action);
  }
}
