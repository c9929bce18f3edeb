package org.virt.driver.qemu.internal.qmp;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;

/** The QEMU side of a monitor, which answers as a test tells it to. One connection at a time. */
public final class FakeQemu implements AutoCloseable {
  /** What QEMU 7.2 says first. */
  public static final String GREETING =
      "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7}},"
          + " \"capabilities\": [\"oob\"]}}\n";

  private final Path socket;
  private final ServerSocketChannel server;
  private final String greeting;
  private final BiFunction<String, Long, String> answers;
  private final List<String> commands = new CopyOnWriteArrayList<>();
  private volatile SocketChannel client;

  /**
   * Starts to listen.
   *
   * @param greeting what is sent first, with its line end
   * @param answers gives for a command and its id what is sent back, with its line end
   */
  public FakeQemu(Path folder, String greeting, BiFunction<String, Long, String> answers)
      throws IOException {
    this.socket = folder.resolve("fake.monitor");
    this.greeting = greeting;
    this.answers = answers;
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread thread = new Thread(this::serve, "fake-qemu");
    thread.setDaemon(true);
    thread.start();
  }

  /** Answers every command with an empty return value. */
  public static String ok(String command, long id) {
    return "{\"return\": {}, \"id\": " + id + "}\n";
  }

  public Path socket() {
    return socket;
  }

  /** Returns the names of the commands so far. */
  public List<String> commands() {
    return commands;
  }

  private void serve() {
    try (SocketChannel accepted = server.accept()) {
      client = accepted;
      send(greeting);
      BufferedReader in = new BufferedReader(Channels.newReader(accepted, StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        JsonObject request = JsonParser.parseString(line).getAsJsonObject();
        String command = request.get("execute").getAsString();
        commands.add(command);
        String answer = answers.apply(command, request.get("id").getAsLong());
        send(answer);
      }
    } catch (IOException e) {
      // The other side has gone, or the test has ended.
      client = null;
    }
  }

  /** Sends text as it is. */
  public void send(String text) {
    ByteBuffer buffer = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    try {
      while (buffer.hasRemaining()) {
        client.write(buffer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends the connection, as QEMU does when it dies. */
  public void hangUp() throws IOException {
    client.close();
  }

  @Override
  public void close() throws IOException {
    server.close();
    if (client != null) {
      client.close();
    }
    Files.deleteIfExists(socket);
  }
}
