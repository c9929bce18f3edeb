package org.virt.shell.internal.client;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
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
  private final List<String> arguments;
  private final Mode mode;

  ClientFiles(SocketChannel channel, List<String> arguments, Mode mode) {
    this.channel = channel;
    this.arguments = arguments;
    this.mode = mode;
  }

  void answer(Wire wire, String path, InputStream stdin) throws IOException {
    byte[] content;
    try {
      content = read(path, stdin);
    } catch (NoSuchFileException e) {
      wire.send(FrameType.FILE_ERROR, "No such file or directory");
      return;
    } catch (AccessDeniedException e) {
      wire.send(FrameType.FILE_ERROR, "Permission denied");
      return;
    } catch (IOException e) {
      wire.send(FrameType.FILE_ERROR, String.valueOf(e.getMessage()));
      return;
    }
    wire.send(FrameType.FILE, content);
  }

  private byte[] read(String path, InputStream stdin) throws IOException {
    if (!named(path) && !trusted()) {
      throw new IOException("the runtime of another user asked for a file that was not named");
    }
    if (path.equals(STDIN) || path.equals("/dev/stdin")) {
      if (mode != Mode.COMMAND) {
        throw new IOException("standard input holds the commands");
      }
      // FileInputStream's own readNBytes asks for the length, which a pipe does not have.
      return limited(new BufferedInputStream(stdin));
    }
    Path file = Path.of(path);
    if (Files.isDirectory(file)) {
      throw new IOException("Is a directory");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return limited(in);
    }
  }

  private static byte[] limited(InputStream in) throws IOException {
    byte[] content = in.readNBytes(Wire.MAX_PAYLOAD + 1);
    if (content.length > Wire.MAX_PAYLOAD) {
      throw new IOException("File too large");
    }
    return content;
  }

  private boolean named(String path) {
    return arguments.stream()
        .anyMatch(argument -> argument.equals(path) || argument.endsWith("=" + path));
  }

  private boolean trusted() throws IOException {
    return channel
        .getOption(ExtendedSocketOptions.SO_PEERCRED)
        .user()
        .equals(Files.getOwner(Path.of("/proc/self")));
  }
}
