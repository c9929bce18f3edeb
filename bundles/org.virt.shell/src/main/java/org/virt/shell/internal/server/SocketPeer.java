package org.virt.shell.internal.server;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.virt.api.auth.CredentialRequest.Echo;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Peer;
import org.virt.shell.internal.wire.Frame;
import org.virt.shell.internal.wire.FrameType;
import org.virt.shell.internal.wire.Request;
import org.virt.shell.internal.wire.Wire;

/** A client at the other end of the socket. */
final class SocketPeer implements Peer {
  private static final int BUFFER = 8192;

  private final Wire wire;
  private final Request request;
  private final PrintStream out;
  private final PrintStream err;
  private final Incoming incoming;
  private volatile boolean keysWanted;

  SocketPeer(Wire wire, Request request, Incoming incoming) {
    this.wire = wire;
    this.request = request;
    this.incoming = incoming;
    this.out = stream(FrameType.OUT);
    this.err = stream(FrameType.ERR);
  }

  private PrintStream stream(FrameType type) {
    return new PrintStream(
        new BufferedOutputStream(new FrameOutput(wire, type), BUFFER),
        false,
        StandardCharsets.UTF_8);
  }

  /** Has new sizes of the client's window handed on, as {@code columns rows}. */
  void onWindow(Consumer<String> listener) {
    incoming.onWindow(listener);
  }

  Interrupts interrupts() {
    return incoming.interrupts();
  }

  /** Asks for the client's standard input and returns it. */
  InputStream wantInput() throws IOException {
    InputStream input = incoming.input();
    wire.send(FrameType.WANT_INPUT);
    return input;
  }

  /** Asks for keys and returns them. */
  InputStream wantKeys() throws IOException {
    InputStream keys = incoming.input();
    keysWanted = true;
    wire.send(FrameType.WANT_KEYS);
    return keys;
  }

  void cooked() throws IOException {
    keysWanted = false;
    wire.send(FrameType.COOKED);
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
    return request.quiet();
  }

  @Override
  public boolean hasTerminal() {
    return !request.terminal().type().isEmpty();
  }

  @Override
  public List<String> readFiles(List<String> paths) throws CommandException {
    String failure = "Failed to open file '" + String.join("', '", paths) + "'";
    List<Frame> answers = ask(failure, FrameType.READ_FILE, paths);
    List<String> contents = new ArrayList<>(answers.size());
    for (Frame answer : answers) {
      if (answer.type() != FrameType.FILE) {
        String path = paths.get(contents.size());
        throw new CommandException("Failed to open file '" + path + "': " + answer.text());
      }
      contents.add(FileText.of(answer.payload()));
    }
    return contents;
  }

  @Override
  public void writeFile(String path, byte[] content) throws CommandException {
    String failure = "Failed to write file '" + path + "'";
    Frame answer = ask(failure, () -> incoming.questions().write(path, content));
    if (answer.type() != FrameType.WROTE) {
      throw new CommandException(failure + ": " + answer.text());
    }
  }

  @Override
  public Optional<List<String>> listFolder(String path) throws CommandException {
    String failure = "Failed to open folder '" + path + "'";
    Frame answer = ask(failure, FrameType.LIST_FOLDER, List.of(path)).get(0);
    return switch (answer.type()) {
      case FILE -> Optional.of(answer.text().lines().toList());
      case NO_FOLDER -> Optional.empty();
      default -> throw new CommandException(failure + ": " + answer.text());
    };
  }

  @Override
  public String edit(String text) throws CommandException {
    boolean keys = keysWanted;
    try {
      Frame answer = ask("Failed to edit", FrameType.EDIT, List.of(text)).get(0);
      if (answer.type() != FrameType.EDITED) {
        throw new CommandException("Failed to edit: " + answer.text());
      }
      return answer.text();
    } finally {
      again(keys);
    }
  }

  @Override
  public int demo() throws CommandException {
    boolean keys = keysWanted;
    try {
      Frame answer = ask("Failed to run the demonstration", FrameType.DEMO, List.of("")).get(0);
      if (answer.type() != FrameType.RAN) {
        throw new CommandException("Failed to run the demonstration: " + answer.text());
      }
      return Integer.parseInt(answer.text());
    } finally {
      again(keys);
    }
  }

  @Override
  public Optional<char[]> ask(String prompt, Echo echo) throws CommandException {
    FrameType how = echo == Echo.SHOWN ? FrameType.ASK : FrameType.ASK_HIDDEN;
    boolean keys = keysWanted;
    try {
      Frame answer = ask("Failed to ask the user", how, List.of(prompt)).get(0);
      return switch (answer.type()) {
        case TYPED -> Optional.of(characters(answer.payload()));
        case CANCELLED -> Optional.empty();
        default -> throw new CommandException(answer.text());
      };
    } finally {
      again(keys);
    }
  }

  /** Reads UTF-8 without a string in between, and overwrites it. */
  private static char[] characters(byte[] typed) {
    CharBuffer decoded = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(typed));
    char[] characters = Arrays.copyOf(decoded.array(), decoded.limit());
    Arrays.fill(decoded.array(), '\0');
    Arrays.fill(typed, (byte) 0);
    return characters;
  }

  /** The client stops sending keys while another program has its terminal. */
  private void again(boolean keys) throws CommandException {
    if (keys) {
      try {
        wantKeys();
      } catch (IOException e) {
        throw new CommandException("the client has gone", e);
      }
    }
  }

  /** Something that is asked of the client. */
  private interface Question<T> {
    T ask() throws IOException, InterruptedException;
  }

  private List<Frame> ask(String failure, FrameType question, List<String> texts)
      throws CommandException {
    return ask(failure, () -> incoming.questions().ask(question, texts));
  }

  private <T> T ask(String failure, Question<T> question) throws CommandException {
    out.flush();
    err.flush();
    try {
      return question.ask();
    } catch (IOException e) {
      throw new CommandException(failure, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandException(failure + ": interrupted");
    }
  }

  @Override
  public Keyboard keyboard() throws CommandException {
    try {
      InputStream keys = wantKeys();
      return new Keyboard() {
        @Override
        public InputStream input() {
          return keys;
        }

        @Override
        public void close() {
          try {
            cooked();
          } catch (IOException e) {
            // The client has gone and its terminal with it.
          }
        }
      };
    } catch (IOException e) {
      throw new CommandException("the client has gone", e);
    }
  }

  @Override
  public void onInterrupt(Runnable action) {
    interrupts().add(action);
  }

  /** Sends what is written as frames. */
  private static final class FrameOutput extends OutputStream {
    private final Wire wire;
    private final FrameType type;

    FrameOutput(Wire wire, FrameType type) {
      this.wire = wire;
      this.type = type;
    }

    @Override
    public void write(int b) throws IOException {
      wire.send(type, new byte[] {(byte) b});
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (length > 0) {
        wire.send(type, Arrays.copyOfRange(bytes, offset, offset + length));
      }
    }
  }
}
