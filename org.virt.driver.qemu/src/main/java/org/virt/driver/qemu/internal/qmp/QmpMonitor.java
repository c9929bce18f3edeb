package org.virt.driver.qemu.internal.qmp;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.linux.UnixSocket;

/**
 * A monitor connection with one QEMU (docs/interop/qmp-spec.txt of QEMU). Commands may be given by
 * many threads at once and never wait longer than their time limit. QEMU is not trusted: lines are
 * bounded, and what is no QMP ends the connection.
 */
public final class QmpMonitor implements AutoCloseable {
  /** The longest line that is accepted; {@code query-qmp-schema} of QEMU 7.2 is a quarter of it. */
  static final int MAX_LINE = 1 << 20;

  /** {@link Answers#MAX_IN_FLIGHT} of these fit into the socket: a write never waits. */
  private static final int MAX_COMMAND = 8192;

  private static final Logger LOG = LoggerFactory.getLogger(QmpMonitor.class);

  private final String domain;
  private final UnixSocket channel;
  private final QmpListener listener;
  private final CompletableFuture<JsonElement> greeting = new CompletableFuture<>();
  private final Answers answers = new Answers();
  private final Object writing = new Object();
  private volatile boolean ended;

  private QmpMonitor(String domain, UnixSocket channel, QmpListener listener) {
    this.domain = domain;
    this.channel = channel;
    this.listener = listener;
  }

  /**
   * Connects and negotiates capabilities. Events may reach the listener before this returns; it is
   * told of the end also when this fails after the connection was made.
   *
   * @param domain the machine's name, for messages and the name of the thread
   * @param socket the monitor's Unix socket
   * @param limit the longest that connecting may take
   * @throws VirtException {@code OPERATION_FAILED}, {@code OPERATION_TIMEOUT}; the connection is
   *     closed
   */
  public static QmpMonitor connect(String domain, Path socket, QmpListener listener, Duration limit)
      throws VirtException {
    QmpMonitor monitor = new QmpMonitor(domain, open(domain, socket), listener);
    Thread reader = new Thread(monitor::readAll, "virt-qemu-qmp-" + domain);
    reader.setDaemon(true);
    reader.start();
    try {
      monitor.await(monitor.greeting, "greeting", limit);
      monitor.execute("qmp_capabilities", new JsonObject(), limit);
      return monitor;
    } catch (VirtException e) {
      monitor.close();
      throw e;
    }
  }

  private static UnixSocket open(String domain, Path socket) throws VirtException {
    try {
      return UnixSocket.connect(socket);
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.OPERATION_FAILED,
          "connect to the monitor of machine '" + domain + "' at " + socket + ": " + e.getMessage(),
          e);
    }
  }

  /** Says whether commands can still be given. */
  public boolean isOpen() {
    return !ended;
  }

  /** Gives a command without arguments; see {@link #execute(String, JsonObject, Duration)}. */
  public JsonElement execute(String command, Duration limit) throws VirtException {
    return execute(command, new JsonObject(), limit);
  }

  /**
   * Gives a command and returns its answer. One that is given up keeps its place until QEMU
   * answers; with too many of them every further command fails.
   *
   * @throws VirtException {@code OPERATION_FAILED} with QEMU's words, or when the monitor has
   *     ended; {@code OPERATION_TIMEOUT} when there was no answer within the limit
   */
  public JsonElement execute(String command, JsonObject arguments, Duration limit)
      throws VirtException {
    return give(command, arguments, limit).answer();
  }

  /**
   * Gives QEMU an open file, which it knows by a name from then on.
   *
   * @param file its number in this process, which keeps it
   * @throws VirtException as {@link #execute(String, JsonObject, Duration)}
   */
  public void hand(String name, int file, Duration limit) throws VirtException {
    JsonObject arguments = new JsonObject();
    arguments.addProperty("fdname", name);
    give(new Command("getfd", arguments, file), limit).answer();
  }

  /** What is asked, with an open file or {@code NO_FILE}. */
  private record Command(String name, JsonObject arguments, int file) {
    static final int NO_FILE = -1;
  }

  /** A command whose answer has yet to come. */
  public final class Given {
    private final String command;
    private final CompletableFuture<JsonElement> answer;
    private final long deadline;

    private Given(String command, CompletableFuture<JsonElement> answer, long deadline) {
      this.command = command;
      this.answer = answer;
      this.deadline = deadline;
    }

    /** Waits for the answer; as {@link #execute(String, JsonObject, Duration)}. */
    public JsonElement answer() throws VirtException {
      return await(answer, "'" + command + "'", Duration.ofNanos(deadline - System.nanoTime()));
    }
  }

  /** Gives a command, as {@link #execute(String, JsonObject, Duration)}, and does not wait. */
  public Given give(String command, JsonObject arguments, Duration limit) throws VirtException {
    return give(new Command(command, arguments, Command.NO_FILE), limit);
  }

  private Given give(Command asked, Duration limit) throws VirtException {
    String command = asked.name();
    long deadline = System.nanoTime() + limit.toNanos();
    Answers.Place place = enter(command, limit);
    JsonObject request = new JsonObject();
    request.addProperty("execute", command);
    if (asked.arguments().size() > 0) {
      request.add("arguments", asked.arguments());
    }
    request.addProperty("id", place.id());
    try {
      if (ended) {
        throw lost(command);
      }
      write(command, request, asked.file());
    } catch (VirtException e) {
      answers.leave(place.id());
      throw e;
    }
    return new Given(command, place.answer(), deadline);
  }

  private Answers.Place enter(String command, Duration limit) throws VirtException {
    try {
      return answers
          .enter(limit)
          .orElseThrow(
              () ->
                  new VirtException(
                      ErrorCode.OPERATION_TIMEOUT,
                      about("'" + command + "'") + ": earlier ones hang"));
    } catch (InterruptedException e) {
      throw interrupted(command, e);
    }
  }

  private void write(String command, JsonObject request, int file) throws VirtException {
    byte[] line = (request + "\n").getBytes(StandardCharsets.UTF_8);
    if (line.length > MAX_COMMAND) {
      throw new VirtException(ErrorCode.INTERNAL_ERROR, about(command) + ": command too long");
    }
    // Of a password not even its length belongs into a log.
    LOG.debug("machine '{}': {}", domain, command.contains("password") ? command : request);
    synchronized (writing) {
      try {
        if (file == Command.NO_FILE) {
          channel.send(line);
        } else {
          channel.send(line, file);
        }
      } catch (IOException e) {
        throw lost(command);
      }
    }
  }

  private JsonElement await(CompletableFuture<JsonElement> answer, String what, Duration limit)
      throws VirtException {
    try {
      return answer.get(Math.max(0, limit.toNanos()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new VirtException(ErrorCode.OPERATION_TIMEOUT, about(what) + ": no answer in time");
    } catch (ExecutionException e) {
      String reason = e.getCause() == null ? "" : e.getCause().getMessage();
      throw new VirtException(ErrorCode.OPERATION_FAILED, about(what) + ": " + reason);
    } catch (InterruptedException e) {
      throw interrupted(what, e);
    }
  }

  private VirtException interrupted(String what, InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new VirtException(ErrorCode.OPERATION_ABORTED, about(what) + ": interrupted", cause);
  }

  private VirtException lost(String command) {
    return new VirtException(
        ErrorCode.OPERATION_FAILED, about("'" + command + "'") + ": the monitor has ended");
  }

  private String about(String what) {
    return "monitor of machine '" + domain + "', " + what;
  }

  private void readAll() {
    String reason = "";
    try {
      LineReader lines = new LineReader(channel, MAX_LINE);
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (!line.isBlank()) {
          take(line);
        }
      }
    } catch (AsynchronousCloseException e) {
      reason = "closed by us";
    } catch (IOException | RuntimeException e) {
      reason = String.valueOf(e.getMessage());
    } finally {
      end(reason);
    }
  }

  private void take(String line) throws IOException {
    JsonElement parsed = JsonParser.parseString(line);
    if (!parsed.isJsonObject()) {
      throw new IOException("not a QMP message");
    }
    JsonObject message = parsed.getAsJsonObject();
    if (message.has("event")) {
      JsonElement data = message.get("data");
      boolean hasData = data != null && data.isJsonObject();
      QmpEvent event =
          new QmpEvent(
              message.get("event").getAsString(),
              hasData ? data.getAsJsonObject() : new JsonObject());
      LOG.debug("machine '{}': event {} {}", domain, event.name(), event.data());
      tell(event);
    } else if (message.has("QMP")) {
      greeting.complete(message.get("QMP"));
    } else {
      answers.take(message);
    }
  }

  private void tell(QmpEvent event) {
    try {
      listener.event(event);
    } catch (RuntimeException e) {
      LOG.warn("machine '{}': event {} was not handled", domain, event.name(), e);
    }
  }

  private void end(String reason) {
    ended = true;
    channel.close();
    IOException cause =
        new IOException("the monitor has ended" + (reason.isEmpty() ? "" : ": " + reason));
    greeting.completeExceptionally(cause);
    answers.end(cause);
    try {
      listener.closed(reason);
    } catch (RuntimeException e) {
      LOG.warn("machine '{}': the end of the monitor was not handled", domain, e);
    }
  }

  /** Ends the connection, not QEMU. */
  @Override
  public void close() {
    ended = true;
    channel.close();
  }
}
