package org.virt.driver.qemu.internal.machine;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * The head of a saved machine's file, laid out as libvirt's, so that either reads the other's: a
 * mark, version 2, the length of the XML, whether it ran, compression (none), padding; then the XML
 * with a zero byte. QEMU's migration stream follows.
 *
 * @param xml domain XML to restore with
 * @param running whether it goes on when it is restored
 * @param space bytes that the XML may take, so that another can be put in its place
 */
record SaveImage(String xml, boolean running, int space) {
  private static final int MARK_BYTES = 16;
  private static final int HEAD_BYTES = MARK_BYTES + 4 * 5 + 4 * 14;
  private static final int MAX_XML = 4 << 20;
  private static final int VERSION = 2;

  /** Room for an XML that is edited later. */
  private static final int SPARE = 64 << 10;

  private static final byte[] WHOLE = "LibvirtQemudSave".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PART = "LibvirtQemudPart".getBytes(StandardCharsets.US_ASCII);

  /** Makes the head of a new file. */
  static SaveImage of(String xml, boolean running) {
    return new SaveImage(xml, running, bytes(xml).length + 1 + SPARE);
  }

  private static byte[] bytes(String xml) {
    return xml.getBytes(StandardCharsets.UTF_8);
  }

  /** Returns where the stream begins. */
  long streamStart() {
    return (long) HEAD_BYTES + space;
  }

  /** Writes the head; until {@link #complete} the file cannot be restored from. */
  void write(FileChannel file) throws IOException {
    write(file, PART);
  }

  private void write(FileChannel file, byte[] mark) throws IOException {
    byte[] text = bytes(xml);
    ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES + space).order(ByteOrder.nativeOrder());
    head.put(mark);
    head.putInt(VERSION).putInt(space).putInt(running ? 1 : 0).putInt(0).putInt(0);
    head.position(HEAD_BYTES);
    head.put(text);
    head.rewind();
    long at = 0;
    while (head.hasRemaining()) {
      at += file.write(head, at);
    }
  }

  /** Says that all of the file is there, and makes sure that it is on the disk. */
  static void complete(FileChannel file) throws IOException {
    file.force(true);
    file.write(ByteBuffer.wrap(WHOLE), 0);
    file.force(true);
  }

  /** Says whether a file is one whose runtime was killed before all of it was there. */
  static boolean isPart(Path path) throws VirtException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      ByteBuffer mark = ByteBuffer.allocate(MARK_BYTES);
      int count = file.read(mark, 0);
      return count < MARK_BYTES || java.util.Arrays.equals(mark.array(), PART);
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.OPERATION_FAILED, "cannot read domain image '" + path + "': " + e, e);
    }
  }

  /** Reads the head of a file. */
  static SaveImage read(Path path) throws VirtException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      return read(path, file);
    } catch (NoSuchFileException e) {
      throw new VirtException(
          ErrorCode.SYSTEM_ERROR,
          "cannot read domain image '" + path + "': No such file or directory",
          e);
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.OPERATION_FAILED, "cannot read domain image '" + path + "': " + e, e);
    }
  }

  private static SaveImage read(Path path, FileChannel file) throws IOException, VirtException {
    ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
    fill(file, head, 0);
    byte[] mark = new byte[MARK_BYTES];
    head.get(mark);
    if (java.util.Arrays.equals(mark, PART)) {
      throw wrong(path, "save image is incomplete");
    }
    if (!java.util.Arrays.equals(mark, WHOLE)) {
      throw wrong(path, "image magic is incorrect");
    }
    head.order(ByteOrder.nativeOrder());
    if (head.getInt(MARK_BYTES) > 0xffff) {
      head.order(
          ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN
              ? ByteOrder.LITTLE_ENDIAN
              : ByteOrder.BIG_ENDIAN);
    }
    int version = head.getInt(MARK_BYTES);
    int space = head.getInt(MARK_BYTES + 4);
    boolean running = head.getInt(MARK_BYTES + 8) != 0;
    if (version > VERSION || head.getInt(MARK_BYTES + 12) != 0) {
      throw wrong(path, "image version or compression is not supported");
    }
    if (space <= 0 || space > MAX_XML) {
      throw wrong(path, "the length of its XML is wrong");
    }
    ByteBuffer text = ByteBuffer.allocate(space);
    fill(file, text, HEAD_BYTES);
    int end = 0;
    while (end < space && text.get(end) != 0) {
      end++;
    }
    return new SaveImage(new String(text.array(), 0, end, StandardCharsets.UTF_8), running, space);
  }

  private static void fill(FileChannel file, ByteBuffer buffer, long from) throws IOException {
    long at = from;
    while (buffer.hasRemaining()) {
      int count = file.read(buffer, at);
      if (count < 0) {
        throw new EOFException("it is too short");
      }
      at += count;
    }
    buffer.rewind();
  }

  private static VirtException wrong(Path path, String reason) {
    return new VirtException(
        ErrorCode.OPERATION_FAILED, "read domain image '" + path + "': " + reason);
  }

  /** Puts another XML into a file. */
  void replace(Path path, String other, boolean run) throws VirtException {
    if (bytes(other).length + 1 > space) {
      throw wrong(path, "the new XML is too long for the image");
    }
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
      new SaveImage(other, run, space).write(file, WHOLE);
      file.force(true);
    } catch (IOException e) {
      throw new VirtException(ErrorCode.WRITE_FAILED, "write " + path + ": " + e, e);
    }
  }
}
