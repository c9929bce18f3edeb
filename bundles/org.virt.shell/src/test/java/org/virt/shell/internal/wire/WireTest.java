package org.virt.shell.internal.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WireTest {
  private final Memory memory = new Memory();
  private final Wire wire = new Wire(memory);

  @Test
  void keepsFramesApartHoweverTheyArrive() throws IOException {
    byte[] large = new byte[100_000];
    new Random(1).nextBytes(large);
    wire.send(FrameType.OUT, "one");
    wire.send(FrameType.WANT_KEYS);
    wire.send(FrameType.FILE, large);
    wire.send(FrameType.EXIT, "0");
    memory.reverse();

    assertEquals("one", wire.receive().text());
    assertEquals(FrameType.WANT_KEYS, wire.receive().type());
    assertArrayEquals(large, wire.receive().payload());
    assertEquals("0", wire.receive().text());
    assertNull(wire.receive());
  }

  @Test
  void refusesFramesOfUnknownTypeOrLength() {
    memory.input = ByteBuffer.wrap(new byte[] {99, 0, 0, 0, 0});
    assertThrows(WireException.class, wire::receive);

    Memory huge = new Memory();
    huge.input = ByteBuffer.wrap(new byte[] {0, 127, 0, 0, 0});
    assertThrows(WireException.class, () -> new Wire(huge).receive());
  }

  @Test
  void takesACutFrameAsTheEnd() throws IOException {
    memory.input = ByteBuffer.wrap(new byte[] {0, 0, 0, 0, 9, 1});

    assertNull(wire.receive());
  }

  @Test
  void bringsARequestOverUnchanged() throws IOException {
    Request request =
        new Request(
            Request.Mode.COMMAND,
            "test:///default",
            true,
            "/tmp/ä",
            new Request.Terminal("xterm", 80, 25),
            List.of("define", "", "a b\n'\"$(x)", "\u00fc"));

    assertEquals(request, Request.decode(request.encode()));
  }

  @Test
  void refusesARequestOfAnotherVersionOrCutShort() throws IOException {
    byte[] request =
        new Request(Request.Mode.SCRIPT, "u", false, "/", Request.Terminal.NONE, List.of("x"))
            .encode();
    byte[] other = request.clone();
    other[0] = 42;
    assertThrows(WireException.class, () -> Request.decode(other));

    for (int length = 0; length < request.length; length++) {
      byte[] cut = Arrays.copyOf(request, length);
      assertThrows(IOException.class, () -> Request.decode(cut));
    }
  }

  /** Hands out what was written, a few bytes at a time. */
  private static final class Memory implements ByteChannel {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private ByteBuffer input = ByteBuffer.allocate(0);

    void reverse() {
      input = ByteBuffer.wrap(written.toByteArray());
    }

    @Override
    public int read(ByteBuffer target) {
      if (!input.hasRemaining()) {
        return -1;
      }
      int count = Math.min(7, Math.min(input.remaining(), target.remaining()));
      for (int i = 0; i < count; i++) {
        target.put(input.get());
      }
      return count;
    }

    @Override
    public int write(ByteBuffer source) {
      int count = Math.min(1000, source.remaining());
      for (int i = 0; i < count; i++) {
        written.write(source.get());
      }
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
