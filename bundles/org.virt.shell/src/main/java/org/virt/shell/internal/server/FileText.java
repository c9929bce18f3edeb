package org.virt.shell.internal.server;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The text of files that users name: UTF-8, or else each byte as one character. */
final class FileText {
  private FileText() {}

  /** Returns the text; formats with encodings of their own find all their bytes in it. */
  static String of(byte[] content) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      return new String(content, StandardCharsets.ISO_8859_1);
    }
  }
}
