package org.virt.driver.remote.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.virt.api.Console;
import org.virt.api.ErrorCode;
import org.virt.api.domain.ScreenVerbs;
import org.virt.driver.remote.internal.FakePeer.Client;
import org.virt.rpc.Header;
import org.virt.rpc.MessageStatus;
import org.virt.rpc.MessageType;
import org.virt.rpc.Packet;

@Timeout(60)
class StreamTest extends PeerTest {
  private static final String CONSOLE = "domain_open_console";
  private final AtomicReference<Header> opened = new AtomicReference<>();

  @Test
  void carriesAConsoleBothWays() throws Exception {
    Console console = console();
    client().stream(opened.get(), MessageStatus.CONTINUE, "login: ".getBytes(UTF_8));
    assertEquals("login: ", new String(console.input().readNBytes(7), UTF_8));
    byte[] large = new byte[600_000];
    large[599_999] = 7;
    console.output().write(large);
    console.output().write('\n');
    until(
        "all has come",
        () -> packets().stream().mapToInt(p -> p.body().remaining()).sum() == 600_001);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Packet packet : packets()) {
      assertEquals(MessageType.STREAM, packet.header().type());
      assertEquals(MessageStatus.CONTINUE, packet.header().status());
      assertTrue(packet.body().remaining() <= 262_120);
      byte[] bytes = new byte[packet.body().remaining()];
      packet.body().duplicate().get(bytes);
      all.write(bytes);
    }
    assertEquals(7, all.toByteArray()[599_999]);
  }

  @Test
  void endsWithTheMachine() throws Exception {
    Console console = console();
    client().stream(opened.get(), MessageStatus.CONTINUE, "bye".getBytes(UTF_8));
    client().stream(opened.get(), MessageStatus.CONTINUE, new byte[0]);
    assertEquals("bye", new String(console.input().readAllBytes(), UTF_8));
    assertThrows(IOException.class, () -> console.output().write(1));
    console.close();
    until("it was finished", () -> !packets().isEmpty());
    assertEquals(MessageStatus.OK, packets().get(0).header().status());
  }

  @Test
  void endsABlockedReadWhenItIsClosed() throws Exception {
    Console console = console();
    AtomicReference<Object> read = new AtomicReference<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                read.set(console.input().read());
              } catch (IOException e) {
                read.set(e);
              }
            });
    reader.start();
    until("it waits", () -> reader.getState() == Thread.State.WAITING);
    console.close();
    console.close();
    reader.join();
    assertEquals(-1, read.get());
    until("it was aborted", () -> !packets().isEmpty());
    assertEquals(MessageStatus.ERROR, packets().get(0).header().status());
    assertEquals(1, packets().size());
  }

  @Test
  void failsWithTheOtherEndsWords() throws Exception {
    Console console = console();
    client().error(opened.get(), MessageType.STREAM, 38, "cannot read: input/output error");
    IOException e = assertThrows(IOException.class, () -> console.input().read());
    assertEquals("cannot read: input/output error", e.getMessage());
    assertThrows(IOException.class, () -> console.output().write(1));
  }

  @Test
  void failsWhenTheConnectionIsCut() throws Exception {
    Console console = console();
    client().cut();
    IOException e = assertThrows(IOException.class, () -> console.input().read());
    assertTrue(e.getMessage().contains("was cut"), e.getMessage());
  }

  @Test
  void failsWhenNobodyReadsWhatComes() throws Exception {
    Console console = console();
    byte[] packet = new byte[1024 * 1024];
    for (int i = 0; i < 17; i++) {
      client().stream(opened.get(), MessageStatus.CONTINUE, packet);
    }
    until("it has failed", () -> isOver(console));
    IOException e = assertThrows(IOException.class, () -> console.input().readAllBytes());
    assertTrue(e.getMessage().contains("wait to be read"), e.getMessage());
  }

  @Test
  void tellsWhyAConsoleIsNotOpened() throws Exception {
    RemoteConnection connection = open();
    peer.on(CONSOLE, (client, call, packet) -> client.error(call, 99, "no device 'x'"));
    assertEquals(
        "no device 'x'", fails(ErrorCode.DEVICE_MISSING, () -> connection.console(ID, "x")));
  }

  @Test
  void takesAPictureInPieces() throws Exception {
    RemoteConnection connection = open();
    peer.on(
        "domain_screenshot",
        (client, call, packet) -> {
          client.reply(call, "image/png");
          client.stream(call, MessageStatus.CONTINUE, new byte[] {1, 2});
          client.stream(call, MessageStatus.CONTINUE, new byte[] {3});
          client.stream(call, MessageStatus.CONTINUE, new byte[0]);
        });
    ScreenVerbs.Picture picture =
        connection.facet(ScreenVerbs.class, ID).orElseThrow().screenshot(0);
    assertEquals("image/png", picture.mimeType());
    assertArrayEquals(new byte[] {1, 2, 3}, picture.content());
  }

  private static boolean isOver(Console console) {
    try {
      console.output().write(1);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private Console console() throws Exception {
    peer.on(
        CONSOLE,
        (client, call, packet) -> {
          opened.set(call);
          client.zeros(call);
        });
    return open().console(ID, "");
  }

  private Client client() {
    return peer.client();
  }

  private List<Packet> packets() {
    return List.copyOf(peer.others);
  }
}
