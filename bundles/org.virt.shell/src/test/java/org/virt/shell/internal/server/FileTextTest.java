package org.virt.shell.internal.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FileTextTest {
  @Test
  void readsUtf8AndKeepsTheBytesOfAnythingElse() {
    assertEquals("a\u20ac", FileText.of("a\u20ac".getBytes(StandardCharsets.UTF_8)));
    assertEquals("a\u0080", FileText.of(new byte[] {'a', (byte) 0x80}));
  }
}
