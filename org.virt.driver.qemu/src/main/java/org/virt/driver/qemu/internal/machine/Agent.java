package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;
import org.virt.model.edit.DeviceEdit;

/**
 * The agent in a guest (QEMU's qga), through its channel. Each question has a connection of its
 * own, which begins with a synchronisation: what is left of an earlier one is passed over. The
 * guest is not trusted: answers are bounded.
 */
final class Agent {
  private static final Duration USUAL = Duration.ofSeconds(5);
  private static final int MAX_ANSWER = 4 << 20;
  private static final int BUFFER = 1 << 16;
  private static final String NO_ANSWER = "no answer";
  private static final String CLOSED = "it has closed its channel";
  private static final byte MARK = (byte) 0xff;
  private static final String PORT = "org.qemu.guest_agent.0";

  private final Run run;
  private final Path socket;

  Agent(Run run) throws VirtException {
    this.run = run;
    this.socket = Path.of(path(run));
  }

  private static Optional<XmlElement> channel(Run run) throws VirtException {
    return DeviceEdit.all(run.live.tree()).stream()
        .filter(device -> device.name().equals("channel"))
        .filter(d -> d.child("target").filter(t -> PORT.equals(t.attribute("name"))).isPresent())
        .findFirst();
  }

  private static String path(Run run) throws VirtException {
    return channel(run)
        .orElseThrow(
            () ->
                new VirtException(
                    ErrorCode.ARGUMENT_UNSUPPORTED, "QEMU guest agent is not configured"))
        .child("source")
        .map(source -> source.attribute("path"))
        .orElseThrow(
            () ->
                new VirtException(
                    ErrorCode.ARGUMENT_UNSUPPORTED, "the guest agent's channel has no socket"));
  }

  /** Says whether an agent listens in the guest of a run. */
  static boolean isConnected(Run run) throws VirtException {
    Optional<XmlElement> channel = channel(run);
    if (channel.isEmpty()) {
      return false;
    }
    String name = "char" + DeviceEdit.alias(channel.get());
    for (JsonElement device : Json.array(run.execute("query-chardev"))) {
      if (Json.text(device, "label").equals(name)) {
        return Json.text(device, "frontend-open").equals("true");
      }
    }
    return false;
  }

  /** Asks, with the usual limit, and returns what is in {@code return}. */
  JsonElement ask(String command, Object... arguments) throws VirtException {
    JsonObject question = Json.object("execute", command);
    if (arguments.length > 0) {
      question.add("arguments", Json.object(arguments));
    }
    Duration limit = run.agentLimit() == null ? USUAL : run.agentLimit();
    JsonObject answer = exchange(question.toString(), limit);
    if (answer.has("error")) {
      throw new VirtException(
          ErrorCode.INTERNAL_ERROR,
          "unable to execute QEMU agent command '"
              + command
              + "': "
              + Json.text(answer.get("error"), "desc"));
    }
    return answer.get("return");
  }

  /** Gives a command that the agent does not answer when all goes well. */
  void order(String command, Object... arguments) throws VirtException {
    try {
      ask(command, arguments);
    } catch (VirtException e) {
      boolean unanswered = e.getMessage().endsWith(NO_ANSWER) || e.getMessage().endsWith(CLOSED);
      if (e.code() != ErrorCode.AGENT_UNRESPONSIVE || !unanswered) {
        throw e;
      }
    }
  }

  /** Sends a line and returns the answer to it. */
  JsonObject exchange(String question, Duration limit) throws VirtException {
    synchronized (run.agentLock) {
      try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        Thread thread =
            Threads.named("virt-qemu-agent")
                .newThread(
                    () -> {
                      try {
                        answer.complete(talk(channel, question));
                      } catch (IOException | RuntimeException e) {
                        answer.completeExceptionally(e);
                      }
                    });
        thread.start();
        return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        throw unresponsive(NO_ANSWER, e);
      } catch (ExecutionException e) {
        throw unresponsive(e.getCause().getMessage(), e);
      } catch (IOException e) {
        throw unresponsive(e.getMessage(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw unresponsive("interrupted", e);
      }
    }
  }

  private static VirtException unresponsive(String reason, Exception cause) {
    return new VirtException(
        ErrorCode.AGENT_UNRESPONSIVE,
        "Guest agent is not responding: QEMU guest agent is not connected or busy: " + reason,
        cause);
  }

  /** The mark ends whatever half a line the agent has; its own mark begins the answer. */
  private static JsonObject talk(SocketChannel channel, String question) throws IOException {
    int number = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
    JsonObject sync =
        Json.object("execute", "guest-sync-delimited", "arguments", Json.object("id", number));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(MARK);
    bytes.writeBytes((sync + "\n").getBytes(StandardCharsets.UTF_8));
    write(channel, bytes.toByteArray());
    Lines lines = new Lines(channel);
    while (true) {
      String line = lines.next();
      int mark = line.lastIndexOf('\u00ff');
      if (matches(line.substring(mark + 1), number)) {
        break;
      }
    }
    write(channel, (question + "\n").getBytes(StandardCharsets.UTF_8));
    return JsonParser.parseString(utf8(lines.next())).getAsJsonObject();
  }

  private static boolean matches(String line, int number) {
    try {
      return Json.number(JsonParser.parseString(line), "return") == number;
    } catch (RuntimeException e) {
      return false;
    }
  }

  private static String utf8(String latin) {
    return new String(latin.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static void write(SocketChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Lines of a channel, a byte a character. */
  private static final class Lines {
    private final SocketChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).limit(0);

    Lines(SocketChannel channel) {
      this.channel = channel;
    }

    String next() throws IOException {
      StringBuilder line = new StringBuilder();
      while (line.length() < MAX_ANSWER) {
        if (!buffer.hasRemaining()) {
          buffer.clear();
          int count = channel.read(buffer);
          buffer.flip();
          if (count < 0) {
            throw new IOException(CLOSED);
          }
        }
        while (buffer.hasRemaining()) {
          char c = (char) (buffer.get() & 0xff);
          if (c == '\n') {
            return line.toString();
          }
          line.append(c);
        }
      }
      throw new IOException("its answer is too long");
    }
  }
}
