package org.virt.common.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * A tool of the host's and its arguments; no shell reads them. It runs with {@code LC_ALL=C}.
 *
 * @param arguments the tool's name or path, then its arguments
 * @param input what it reads from standard input
 * @param limit how long it may take; then it and its children are ended
 * @param environment further variables
 */
public record Command(
    List<String> arguments, String input, Duration limit, Map<String, String> environment) {
  private static final Duration DEFAULT_LIMIT = Duration.ofSeconds(30);
  private static final int MAX_OUTPUT = 64 << 20;

  public Command {
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
    Objects.requireNonNull(input, "input");
    Objects.requireNonNull(limit, "limit");
    if (arguments.isEmpty()) {
      throw new IllegalArgumentException("a command without a tool");
    }
  }

  /** Names a tool and its arguments; it gets no input and may take 30 seconds. */
  public static Command of(String... arguments) {
    return of(List.of(arguments));
  }

  /** Names a tool and its arguments; it gets no input and may take 30 seconds. */
  public static Command of(List<String> arguments) {
    return new Command(arguments, "", DEFAULT_LIMIT, Map.of());
  }

  /** Returns the same command with another input. */
  public Command withInput(String text) {
    return new Command(arguments, text, limit, environment);
  }

  /** Returns the same command with another time limit. */
  public Command withLimit(Duration time) {
    return new Command(arguments, input, time, environment);
  }

  /**
   * Runs the command and waits for its end.
   *
   * @return how it ended, whatever its exit status
   * @throws VirtException {@code SYSTEM_ERROR} when it cannot be started or says too much, {@code
   *     OPERATION_TIMEOUT} when it takes too long, {@code OPERATION_ABORTED} when this thread is
   *     interrupted
   */
  public Result run() throws VirtException {
    return run(process -> {});
  }

  /**
   * Runs the command and waits for its end.
   *
   * @param started takes the process's number when it has begun
   * @return how it ended, whatever its exit status
   * @throws VirtException as {@link #run()}
   */
  public Result run(LongConsumer started) throws VirtException {
    Process process = start();
    started.accept(process.pid());
    FutureTask<String> out = read(process.getInputStream(), "out");
    FutureTask<String> err = read(process.getErrorStream(), "err");
    FutureTask<Void> in = write(process.getOutputStream());
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
        throw late();
      }
      String outText = out.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      String errText = err.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      return new Result(process.exitValue(), outText, errText);
    } catch (TimeoutException e) {
      throw late(); // a child of it still holds its output
    } catch (ExecutionException e) {
      throw new VirtException(
          ErrorCode.SYSTEM_ERROR, "read from " + this + ": " + e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new VirtException(ErrorCode.OPERATION_ABORTED, "run " + this + ": interrupted", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      in.cancel(true);
    }
  }

  /**
   * Runs the command and insists on exit status 0.
   *
   * @return what it wrote to standard output
   * @throws VirtException as {@link #run()}; {@code OPERATION_FAILED} with the first line of its
   *     standard error
   */
  public String require() throws VirtException {
    Result result = run();
    if (!result.ok()) {
      throw new VirtException(ErrorCode.OPERATION_FAILED, "run " + this + ": " + result.reason());
    }
    return result.out();
  }

  private Process start() throws VirtException {
    ProcessBuilder builder = new ProcessBuilder(arguments);
    builder.environment().putAll(environment);
    builder.environment().put("LC_ALL", "C");
    try {
      return builder.start();
    } catch (IOException e) {
      String reason = e.getMessage().replaceFirst("^.*error=\\d+, ", "");
      throw new VirtException(ErrorCode.SYSTEM_ERROR, "run " + arguments.get(0) + ": " + reason, e);
    }
  }

  private VirtException late() {
    return new VirtException(
        ErrorCode.OPERATION_TIMEOUT,
        "run " + this + ": not done after " + limit.toMillis() + " ms");
  }

  private FutureTask<String> read(InputStream stream, String name) {
    return background(
        new FutureTask<>(
            () -> {
              byte[] bytes = stream.readNBytes(MAX_OUTPUT);
              if (stream.read() >= 0) {
                throw new IOException("more than " + MAX_OUTPUT + " bytes");
              }
              return new String(bytes, StandardCharsets.UTF_8);
            }),
        name);
  }

  private FutureTask<Void> write(OutputStream stream) {
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              try (stream) {
                stream.write(input.getBytes(StandardCharsets.UTF_8));
              } catch (IOException e) {
                return null; // it ended without reading all: its exit status says whether that is
                // wrong
              }
              return null;
            });
    if (input.isEmpty()) {
      task.run();
      return task;
    }
    return background(task, "in");
  }

  private static <T> FutureTask<T> background(FutureTask<T> task, String name) {
    Thread thread = new Thread(task, "virt-common-command-" + name);
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  /** Returns the command line as a person would type it, quoted where that matters. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (String argument : arguments) {
      boolean plain = argument.matches("[A-Za-z0-9_@%+=:,./-]+");
      text.append(text.isEmpty() ? "" : " ");
      text.append(plain ? argument : "'" + argument.replace("'", "'\\''") + "'");
    }
    return text.toString();
  }
}
