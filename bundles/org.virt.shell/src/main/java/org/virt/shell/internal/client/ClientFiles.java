package org.virt.shell.internal.client;

import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import jdk.net.ExtendedSocketOptions;
import org.virt.shell.internal.wire.FrameType;
import org.virt.shell.internal.wire.Request.Mode;
import org.virt.shell.internal.wire.Wire;

/**
 * Reads the files that a command names. A runtime of another user, which only root can call, gets
 * those alone that the user named as arguments: it must not be able to ask for any other.
 */
final class ClientFiles {
  private static final String STDIN = "-";

  private final SocketChannel channel;
  private final Set<String> arguments;
  private final Mode mode;

  ClientFiles(SocketChannel channel, List<String> arguments, Mode mode) {
    this.channel = channel;
    this.arguments = new HashSet<>(arguments);
    this.mode = mode;
  }

  void answer(Wire wire, String path, InputStream stdin) throws IOException {
    byte[] content;
    try {
      content = read(path, stdin);
    } catch (FileNotFoundException e) {
      wire.send(FrameType.FILE_ERROR, reason(path, e.getMessage()));
      return;
    } catch (IOException e) {
      wire.send(FrameType.FILE_ERROR, String.valueOf(e.getMessage()));
      return;
    }
    wire.send(FrameType.FILE, content);
  }

  /** Writes a file, given as path, zero byte, content. */
  void write(Wire wire, byte[] request) throws IOException {
    int end = 0;
    while (end < request.length && request[end] != 0) {
      end++;
    }
    String path = new String(request, 0, end, StandardCharsets.UTF_8);
    if (!arguments.contains(path) && !arguments.contains("--file=" + path) && !trusted()) {
      wire.send(
          FrameType.FILE_ERROR, "the runtime of another user wants to write what was not named");
      return;
    }
    try (FileOutputStream out = new FileOutputStream(path)) {
      out.write(request, end + 1, request.length - end - 1);
    } catch (FileNotFoundException e) {
      wire.send(FrameType.FILE_ERROR, reason(path, e.getMessage()));
      return;
    } catch (IOException e) {
      wire.send(FrameType.FILE_ERROR, String.valueOf(e.getMessage()));
      return;
    }
    wire.send(FrameType.WROTE, new byte[0]);
  }

  void answerFolder(Wire wire, String path) throws IOException {
    if (isBelowNamed(path + "/") || trusted()) {
      ClientFolders.answer(wire, path);
    } else {
      wire.send(
          FrameType.FILE_ERROR,
          "the runtime of another user asked for a folder that was not named");
    }
  }

  /** Returns what the JDK puts into parentheses behind the path: the words of strerror(3). */
  private static String reason(String path, String message) {
    boolean known = message.startsWith(path + " (") && message.endsWith(")");
    return known ? message.substring(path.length() + 2, message.length() - 1) : message;
  }

  private byte[] read(String path, InputStream stdin) throws IOException {
    if (!named(path) && !trusted()) {
      throw new IOException("the runtime of another user asked for a file that was not named");
    }
    if (path.equals(STDIN) || path.equals("/dev/stdin")) {
      if (mode != Mode.COMMAND) {
        throw new IOException("standard input holds the commands");
      }
      return limited(stdin);
    }
    try (InputStream in = new FileInputStream(path)) {
      return limited(in);
    }
  }

  private static byte[] limited(InputStream in) throws IOException {
    // FileInputStream's own readNBytes asks for the length, which a pipe does not have.
    byte[] content = new BufferedInputStream(in).readNBytes(Wire.MAX_PAYLOAD + 1);
    if (content.length > Wire.MAX_PAYLOAD) {
      throw new IOException("File too large");
    }
    return content;
  }

  /** Whether it is an argument, or XML in a folder that is one. */
  private boolean named(String path) {
    if (arguments.contains(path) || path.endsWith(".xml") && isBelowNamed(path)) {
      return true;
    }
    for (String argument : arguments) {
      if (argument.endsWith("=" + path)) {
        return true;
      }
    }
    return false;
  }

  private boolean isBelowNamed(String path) {
    for (String argument : arguments) {
      if (path.startsWith(argument.endsWith("/") ? argument : argument + "/")) {
        return !path.contains("/../");
      }
    }
    return false;
  }

  /** Says whether standard input holds commands, line by line. */
  boolean holdCommands() {
    return mode == Mode.SCRIPT;
  }

  /** Says whether the runtime is the user's own. */
  boolean trusted() throws IOException {
    return channel
        .getOption(ExtendedSocketOptions.SO_PEERCRED)
        .user()
        .equals(Files.getOwner(Path.of("/proc/self")));
  }
}
