package org.virt.shell.internal.client;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.virt.shell.internal.wire.FrameType;
import org.virt.shell.internal.wire.Request;
import org.virt.shell.internal.wire.Wire;

/** The user's terminal and standard input. */
final class ClientTerminal {
  private static final int BUFFER = 4096;

  /**
   * Key by key; a read without a key ends after a tenth of a second, so that a pause is noticed
   * (termios(3)).
   */
  private static final List<String> RAW =
      List.of(
          "-icanon", "-echo", "-isig", "-iexten", "-ixon", "-icrnl", "-inlcr", "-opost", "min", "0",
          "time", "1");

  private final Wire wire;
  private final InputStream in;
  private String settings;
  private Thread pump;
  private volatile boolean wanted;

  ClientTerminal(Wire wire, InputStream in) {
    this.wire = wire;
    this.in = in;
  }

  /** Describes the terminal; its size only when somebody will look at it. */
  static Request.Terminal describe(boolean size) {
    String type =
        Optional.ofNullable(System.getenv("TERM")).filter(term -> !term.isEmpty()).orElse("dumb");
    int[] dimensions = size ? size() : new int[2];
    return new Request.Terminal(type, dimensions[0], dimensions[1]);
  }

  /** Sends standard input until it ends. */
  void sendInput() {
    start(
        () -> {
          byte[] buffer = new byte[BUFFER];
          for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
            wire.send(FrameType.INPUT, Arrays.copyOf(buffer, length));
          }
          wire.send(FrameType.INPUT_END);
        });
  }

  /** Sends every key at once, until {@link #restore}. */
  synchronized void sendKeys() throws IOException {
    if (settings == null) {
      settings = stty(List.of("-g")).strip();
      watchSize();
    }
    stty(RAW);
    wanted = true;
    start(
        () -> {
          byte[] buffer = new byte[BUFFER];
          while (wanted) {
            int length = in.read(buffer);
            if (length > 0) {
              wire.send(FrameType.INPUT, Arrays.copyOf(buffer, length));
            }
          }
        });
  }

  /** Gives the terminal its own settings back and leaves its input to others. */
  synchronized void restore() {
    if (!wanted) {
      return;
    }
    wanted = false;
    try {
      if (Thread.currentThread() != pump) {
        pump.join();
      }
      stty(List.of(settings));
    } catch (IOException e) {
      System.err.println(
          "error: cannot restore the terminal: " + e.getMessage() + "; try: stty sane");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void start(Pump body) {
    pump =
        new Thread(
            () -> {
              try {
                body.run();
              } catch (IOException e) {
                // The runtime has gone: the other thread tells it.
              }
            },
            "virt-client-input");
    pump.setDaemon(true);
    pump.start();
  }

  private void sizeChanged() {
    try {
      int[] size = size();
      wire.send(FrameType.WINDOW, size[0] + " " + size[1]);
    } catch (IOException e) {
      // The runtime has gone: the other thread tells it.
    }
  }

  /** Hears of SIGWINCH, where the JVM lets us; its class is not for the compiler to see. */
  private void watchSize() {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object changed =
          Proxy.newProxyInstance(
              ClientTerminal.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  sizeChanged();
                }
                return null;
              });
      Method handle = signal.getMethod("handle", signal, handler);
      handle.invoke(null, signal.getConstructor(String.class).newInstance("WINCH"), changed);
    } catch (ReflectiveOperationException e) {
      // Then the size stays what it was.
    }
  }

  private static int[] size() {
    int[] size = new int[2];
    try {
      String[] numbers = stty(List.of("size")).strip().split(" ");
      size[0] = Integer.parseInt(numbers[1]);
      size[1] = Integer.parseInt(numbers[0]);
    } catch (IOException | NumberFormatException e) {
      // Unknown, then.
    }
    return size;
  }

  /** Runs stty(1) on standard input. */
  static String stty(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("stty"));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.INHERIT)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(output.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return output;
  }

  private interface Pump {
    void run() throws IOException;
  }
}
