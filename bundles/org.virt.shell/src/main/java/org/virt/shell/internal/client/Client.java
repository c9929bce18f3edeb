package org.virt.shell.internal.client;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.virt.shell.internal.wire.Frame;
import org.virt.shell.internal.wire.FrameType;
import org.virt.shell.internal.wire.Request;
import org.virt.shell.internal.wire.Request.Mode;
import org.virt.shell.internal.wire.Wire;

/**
 * Gives commands to a runtime and does what only the user's side can do. Called by {@code run/virt}
 * as {@code SOCKET MODE URI QUIET TERMINAL DEMO [COMMAND [ARGUMENT]…]}, where TERMINAL says whether
 * input and output are one; ends with the command's exit status. The JVM that runs it has no
 * compiler: no lambdas, no streams and little else on the way of a command that only prints.
 */
public final class Client {
  private static final int OWN_ARGUMENTS = 6;
  private static final int FAILED = 1;
  private static final long INTERRUPT_MILLIS = 2000;

  private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);
  private final FileOutputStream err = new FileOutputStream(FileDescriptor.err);
  private final FileInputStream in = new FileInputStream(FileDescriptor.in);
  private final Request request;
  private final Wire wire;
  private final ClientFiles files;
  private final ClientTerminal terminal;
  private final ClientPrograms programs;
  private final ClientPrompt prompt;
  private final CountDownLatch ended = new CountDownLatch(1);

  private Client(Request request, Wire wire, ClientFiles files, String demo) {
    this.request = request;
    this.wire = wire;
    this.files = files;
    this.terminal = new ClientTerminal(wire, in);
    this.programs = new ClientPrograms(terminal, demo);
    this.prompt = new ClientPrompt(wire, in, terminal, files);
  }

  /** Runs. */
  public static void main(String[] arguments) {
    Path socket = Path.of(arguments[0]);
    Mode mode = Mode.valueOf(arguments[1]);
    List<String> command = Arrays.asList(arguments).subList(OWN_ARGUMENTS, arguments.length);
    int status;
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      boolean interactive = Boolean.parseBoolean(arguments[4]);
      Request request =
          new Request(
              mode,
              arguments[2],
              Boolean.parseBoolean(arguments[3]),
              System.getProperty("user.dir"),
              interactive ? ClientTerminal.describe(mode == Mode.SHELL) : Request.Terminal.NONE,
              command);
      ClientFiles files =
          new ClientFiles(channel, mode == Mode.COMMAND ? command : List.of(), mode);
      status = new Client(request, new Wire(channel), files, arguments[5]).run();
    } catch (IOException e) {
      System.err.println("error: " + e.getMessage() + " (" + socket + ")");
      status = FAILED;
    }
    // Not exit: nothing is left to be done, and other threads may wait for keys.
    System.out.flush();
    Runtime.getRuntime().halt(status);
  }

  private int run() throws IOException {
    Runtime.getRuntime().addShutdownHook(new Interrupted());
    wire.send(FrameType.OPEN, request.encode());
    try {
      for (Frame frame = wire.receive(); frame != null; frame = wire.receive()) {
        if (frame.type() == FrameType.EXIT) {
          int status = Integer.parseInt(frame.text());
          ended.countDown();
          return status;
        }
        take(frame);
      }
    } finally {
      terminal.restore();
    }
    err.write("error: the runtime has ended the connection\n".getBytes(StandardCharsets.UTF_8));
    return FAILED;
  }

  private void take(Frame frame) throws IOException {
    switch (frame.type()) {
      case OUT -> out.write(frame.payload());
      case ERR -> err.write(frame.payload());
      case READ_FILE -> files.answer(wire, frame.text(), in);
      case WRITE_FILE -> files.write(wire, frame.payload());
      case LIST_FOLDER -> files.answerFolder(wire, frame.text());
      case EDIT -> programs.edit(wire, frame.payload());
      case DEMO -> programs.demo(wire);
      case ASK, ASK_HIDDEN -> prompt.ask(frame);
      case WANT_INPUT -> terminal.sendInput();
      case WANT_KEYS -> terminal.sendKeys();
      case COOKED -> terminal.restore();
      default -> throw new IOException("unexpected answer " + frame.type());
    }
  }

  /** Ctrl-C and the like: lets the command end by itself, gives the terminal back. */
  private final class Interrupted extends Thread {
    Interrupted() {
      super("virt-client-interrupt");
    }

    @Override
    public void run() {
      try {
        wire.send(FrameType.INTERRUPT);
        if (prompt.isWaiting()) {
          // The thread that would hear of the end waits for the user.
          return;
        }
        // Whether it ended by itself or not: after that time the terminal is given back.
        ended.await(INTERRUPT_MILLIS, TimeUnit.MILLISECONDS);
      } catch (IOException | InterruptedException e) {
        // The connection is gone, and the command with it.
      } finally {
        prompt.restore();
        terminal.restore();
      }
    }
  }
}
