package org.virt.shell.internal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.shell.internal.wire.Frame;
import org.virt.shell.internal.wire.FrameType;
import org.virt.shell.internal.wire.Request.Mode;
import org.virt.shell.internal.wire.Wire;

class ClientFilesTest {
  @TempDir Path folder;
  private SocketChannel channel;
  private Wire client;
  private Wire runtime;

  @BeforeEach
  void connect() throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("socket"));
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(address);
      channel = SocketChannel.open(address);
      client = new Wire(channel);
      runtime = new Wire(server.accept());
    }
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    runtime.close();
  }

  private String answer(Mode mode, List<String> arguments, String path) throws IOException {
    ClientFiles files = new ClientFiles(channel, arguments, mode);
    byte[] input = "from input".getBytes(StandardCharsets.UTF_8);
    files.answer(client, path, new ByteArrayInputStream(input));
    Frame frame = runtime.receive();
    return frame.type() + " " + frame.text();
  }

  @Test
  void readsFiles() throws Exception {
    String file = Files.writeString(folder.resolve("a (b).xml"), "<é/>").toString();
    assertEquals("FILE <é/>", answer(Mode.COMMAND, List.of("define", file), file));
    assertEquals("FILE <é/>", answer(Mode.SCRIPT, List.of(), file));
    assertEquals("FILE ", answer(Mode.COMMAND, List.of("define"), "/dev/null"));
  }

  @Test
  void listsTheFilesOfAFolder() throws Exception {
    Path listed = Files.createDirectories(folder.resolve("listed/inner")).getParent();
    Files.writeString(listed.resolve("b.xml"), "<b/>");
    Files.writeString(listed.resolve("a c"), "");
    Files.writeString(listed.resolve("line\nbreak"), "");
    ClientFiles files = new ClientFiles(channel, List.of(), Mode.COMMAND);
    files.answerFolder(client, listed.toString());
    assertEquals("a c\nb.xml\n", runtime.receive().text());
    files.answerFolder(client, listed.resolve("none").toString());
    assertEquals(FrameType.NO_FOLDER, runtime.receive().type());
  }

  @Test
  void readsStandardInputUnlessItHoldsTheCommands() throws Exception {
    assertEquals("FILE from input", answer(Mode.COMMAND, List.of("define", "-"), "-"));
    assertEquals(
        "FILE_ERROR standard input holds the commands", answer(Mode.SCRIPT, List.of(), "-"));
  }

  @Test
  void saysWhyAFileCannotBeRead() throws Exception {
    String none = folder.resolve("none (at all)").toString();
    assertEquals("FILE_ERROR No such file or directory", answer(Mode.SCRIPT, List.of(), none));
    assertEquals("FILE_ERROR Is a directory", answer(Mode.SCRIPT, List.of(), folder.toString()));
    Path large = folder.resolve("large");
    Files.write(large, new byte[Wire.MAX_PAYLOAD + 1]);
    assertEquals("FILE_ERROR File too large", answer(Mode.SCRIPT, List.of(), large.toString()));
  }
}
