package org.virt.shell.internal.client;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.virt.shell.internal.wire.Frame;
import org.virt.shell.internal.wire.FrameType;
import org.virt.shell.internal.wire.Wire;

/**
 * Has the user type a line, such as a password: at the terminal only, for nothing else is a person.
 * A runtime of another user gets none.
 */
final class ClientPrompt {
  /** A terminal has no longer lines (termios(3)). */
  private static final int MAX_LINE = 4096;

  private final Wire wire;
  private final InputStream in;
  private final ClientTerminal terminal;
  private final ClientFiles files;
  private volatile boolean waiting;
  private String hidden;

  ClientPrompt(Wire wire, InputStream in, ClientTerminal terminal, ClientFiles files) {
    this.wire = wire;
    this.in = in;
    this.terminal = terminal;
    this.files = files;
  }

  /** Says whether the user has been asked and has not answered. */
  boolean isWaiting() {
    return waiting;
  }

  void ask(Frame question) throws IOException {
    if (!files.trusted()) {
      wire.send(FrameType.FILE_ERROR, "the runtime of another user wants something to be typed");
      return;
    }
    if (files.holdCommands()) {
      wire.send(FrameType.FILE_ERROR, "standard input holds the commands");
      return;
    }
    terminal.restore();
    String settings;
    try {
      settings = ClientTerminal.stty(List.of("-g")).strip();
    } catch (IOException e) {
      wire.send(FrameType.FILE_ERROR, "standard input is no terminal");
      return;
    }
    waiting = true;
    try {
      if (question.type() == FrameType.ASK_HIDDEN) {
        hide(settings);
      }
      show(printable(question.text()));
      answer();
    } finally {
      restore();
      waiting = false;
    }
  }

  private void answer() throws IOException {
    byte[] line = new byte[MAX_LINE];
    int length = 0;
    try {
      int read = 0;
      while (read >= 0 && length < MAX_LINE && (length == 0 || line[length - 1] != '\n')) {
        read = in.read(line, length, MAX_LINE - length);
        length += Math.max(read, 0);
      }
      if (length == 0) {
        wire.send(FrameType.CANCELLED);
      } else {
        int end = line[length - 1] == '\n' ? length - 1 : length;
        byte[] typed = Arrays.copyOf(line, end);
        wire.send(FrameType.TYPED, typed);
        Arrays.fill(typed, (byte) 0);
      }
    } finally {
      Arrays.fill(line, (byte) 0);
    }
  }

  private synchronized void hide(String settings) throws IOException {
    hidden = settings;
    ClientTerminal.stty(List.of("-echo"));
  }

  /** Has the terminal show again what is typed. */
  synchronized void restore() {
    if (hidden == null) {
      return;
    }
    try {
      ClientTerminal.stty(List.of(hidden));
    } catch (IOException e) {
      System.err.println(
          "error: cannot restore the terminal: " + e.getMessage() + "; try: stty sane");
    }
    hidden = null;
    show("\n");
  }

  /** The other end of a connection may have a say in a prompt: none in what the terminal does. */
  private static String printable(String prompt) {
    StringBuilder text = new StringBuilder(prompt);
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        text.setCharAt(i, '?');
      }
    }
    return text.toString();
  }

  /** Shows a text at the terminal, wherever output goes. */
  private static void show(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (FileOutputStream tty = new FileOutputStream("/dev/tty")) {
      tty.write(bytes);
    } catch (IOException e) {
      // No process of a session has it: then where errors go.
      System.err.write(bytes, 0, bytes.length);
      System.err.flush();
    }
  }
}
