package org.virt.nwfilter.internal.manager;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Texts by number in one file that is only appended to: a file for each would cost more than the
 * rules that it is about. A record is a line with number, length and checksum, and the text; one
 * without text takes the one before away. What a killed writer left half written ends the log.
 */
final class BindingLog {
  private static final Logger LOG = LoggerFactory.getLogger(BindingLog.class);
  private static final int MOST_WASTE = 1 << 20;
  private static final int LONGEST_HEAD = 64;

  private final Path file;
  private final Map<Integer, byte[]> records = new LinkedHashMap<>();
  private FileChannel channel;
  private long length;
  private long used;

  /** Knows a file; {@link #load} comes first. */
  BindingLog(Path file) {
    this.file = file;
  }

  /** Reads all texts, the oldest first. */
  Map<Integer, String> load() throws IOException {
    if (Files.exists(file)) {
      read(Files.readAllBytes(file));
    }
    rewrite();
    Map<Integer, String> texts = new LinkedHashMap<>();
    records.forEach((number, record) -> texts.put(number, text(record)));
    return texts;
  }

  private static String text(byte[] record) {
    int head = 0;
    while (record[head] != '\n') {
      head++;
    }
    return new String(record, head + 1, record.length - head - 2, UTF_8);
  }

  private void read(byte[] all) {
    int at = 0;
    while (at < all.length) {
      int end = at;
      while (end < all.length && all[end] != '\n' && end - at < LONGEST_HEAD) {
        end++;
      }
      String[] head = new String(all, at, end - at, UTF_8).split(" ", -1);
      int size = size(head, all.length - end - 2);
      if (size < 0 || !head[2].equals(checksum(all, end + 1, size))) {
        LOG.warn("{}: ends with half a record at byte {}", file, at);
        return;
      }
      int next = end + size + 2;
      records.remove(Integer.valueOf(head[0]));
      if (size > 0) {
        records.put(Integer.valueOf(head[0]), Arrays.copyOfRange(all, at, next));
      }
      at = next;
    }
  }

  /** Returns the length of a record's text, or -1 for something that is no record. */
  private static int size(String[] head, int most) {
    try {
      int size = head.length == 3 ? Integer.parseInt(head[1]) : -1;
      return size <= most && Integer.parseInt(head[0]) > 0 ? size : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static String checksum(byte[] bytes, int from, int length) {
    CRC32 sum = new CRC32();
    sum.update(bytes, from, length);
    return Long.toHexString(sum.getValue());
  }

  /** Keeps a text in place of the one that has its number. */
  void put(int number, String text) throws IOException {
    byte[] record = record(number, text);
    append(record);
    byte[] before = records.remove(number);
    used += record.length - (before == null ? 0 : before.length);
    records.put(number, record);
    tidy();
  }

  /** Takes a text away. */
  void remove(int number) throws IOException {
    byte[] before = records.remove(number);
    if (before != null) {
      used -= before.length;
      append(record(number, ""));
      tidy();
    }
  }

  private static byte[] record(int number, String text) {
    byte[] body = text.getBytes(UTF_8);
    String head = number + " " + body.length + " " + checksum(body, 0, body.length) + "\n";
    return (head + text + "\n").getBytes(UTF_8);
  }

  private void append(byte[] record) throws IOException {
    if (channel == null) {
      throw new IOException(file + " could not be read");
    }
    try {
      ByteBuffer rest = ByteBuffer.wrap(record);
      while (rest.hasRemaining()) {
        channel.write(rest, length + rest.position());
      }
      length += record.length;
    } catch (IOException e) {
      // Half a record would end the log for those that follow.
      channel.truncate(length);
      throw e;
    }
  }

  private void tidy() throws IOException {
    if (length - used > MOST_WASTE && length > 2 * used) {
      rewrite();
    }
  }

  private void rewrite() throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel fresh =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      used = 0;
      for (byte[] record : records.values()) {
        ByteBuffer rest = ByteBuffer.wrap(record);
        while (rest.hasRemaining()) {
          fresh.write(rest);
        }
        used += record.length;
      }
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    close();
    channel = FileChannel.open(file, StandardOpenOption.WRITE);
    length = used;
  }

  void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
