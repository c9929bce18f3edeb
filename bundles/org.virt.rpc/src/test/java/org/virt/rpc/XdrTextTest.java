package org.virt.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XdrTextTest {
  private static final int MAX = 8;
  private static final XdrText TEXT = new XdrText(MAX);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "abc",
        "four",
        "\u007f",
        "\u0080",
        "abé",
        "é",
        "€uro",
        "𝄞",
        "12345678",
        "123456é"
      })
  void writesLengthInBytesThenUtf8ThenZeros(String text) throws XdrException {
    byte[] utf8 = text.getBytes(UTF_8);
    ByteBuffer expected = ByteBuffer.allocate(Integer.BYTES + (utf8.length + 3) / 4 * 4);
    expected.putInt(utf8.length).put(utf8);
    assertArrayEquals(expected.array(), written(text));
    assertEquals(text, TEXT.decode(expected.rewind()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\0", "ab\0", "\0é", "é\0", "123456789", "1234567é", "12345678\0"})
  void refusesNulAndMoreBytesThanItTakes(String text) {
    assertThrows(XdrException.class, () -> written(text));
  }

  /** What the attempt at ASCII left behind is nothing of the message. */
  @Test
  void writesTheNextValueRightAfterTextThatIsNotAscii() throws XdrException {
    XdrWriter out = new XdrWriter(64);
    TEXT.encode(out, "abcdé");
    TEXT.encode(out, "x");
    ByteBuffer in = out.buffer();
    assertEquals("abcdé", TEXT.decode(in));
    assertEquals("x", TEXT.decode(in));
    assertEquals(0, in.remaining());
  }

  @Test
  void refusesWhatTheMessageHasNoRoomFor() throws XdrException {
    XdrWriter out = new XdrWriter(Integer.BYTES + 4);
    assertThrows(XdrException.class, () -> TEXT.encode(out, "12345"));
    assertEquals(0, out.size());
    TEXT.encode(out, "1234");
    assertEquals(8, out.size());
  }

  private static byte[] written(String text) throws XdrException {
    XdrWriter out = new XdrWriter(64);
    TEXT.encode(out, text);
    ByteBuffer in = out.buffer();
    byte[] bytes = new byte[in.remaining()];
    in.get(bytes);
    return bytes;
  }
}
