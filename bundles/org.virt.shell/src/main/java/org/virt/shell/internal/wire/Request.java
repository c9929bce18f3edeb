package org.virt.shell.internal.wire;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a client asks for.
 *
 * @param mode how commands come
 * @param uri the hypervisor
 * @param quiet whether only what was asked for is printed, no headers and messages
 * @param directory the client's working directory
 * @param terminal its terminal
 * @param arguments a command and its arguments; empty unless the mode is {@code COMMAND}
 */
public record Request(
    Mode mode,
    String uri,
    boolean quiet,
    String directory,
    Terminal terminal,
    List<String> arguments) {
  private static final int VERSION = 1;
  private static final int MAX_ARGUMENTS = 10_000;

  public Request {
    arguments = List.copyOf(arguments);
  }

  /** How commands come. */
  public enum Mode {
    /** One, as a list of arguments. */
    COMMAND,
    /** Line by line from standard input. */
    SCRIPT,
    /** From a person at a terminal. */
    SHELL
  }

  /**
   * The client's terminal.
   *
   * @param type its {@code TERM}; empty when input or output is no terminal
   * @param columns its width; 0 unknown
   * @param rows its height; 0 unknown
   */
  public record Terminal(String type, int columns, int rows) {
    /** No terminal. */
    public static final Terminal NONE = new Terminal("", 0, 0);
  }

  /** Returns the bytes that {@link #decode} reads. */
  public byte[] encode() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(bytes);
    data.writeByte(VERSION);
    data.writeByte(mode.ordinal());
    data.writeBoolean(quiet);
    write(data, uri);
    write(data, directory);
    write(data, terminal.type());
    data.writeInt(terminal.columns());
    data.writeInt(terminal.rows());
    data.writeInt(arguments.size());
    for (String argument : arguments) {
      write(data, argument);
    }
    return bytes.toByteArray();
  }

  /** Reads a request; the version must be ours, for client and runtime come from one build. */
  public static Request decode(byte[] bytes) throws IOException {
    DataInputStream data = new DataInputStream(new ByteArrayInputStream(bytes));
    int version = data.readByte();
    if (version != VERSION) {
      throw new WireException(
          "client speaks protocol version " + version + ", this runtime " + VERSION);
    }
    int mode = data.readByte();
    if (mode < 0 || mode >= Mode.values().length) {
      throw new WireException("unknown mode " + mode);
    }
    boolean quiet = data.readBoolean();
    String uri = read(data);
    String directory = read(data);
    Terminal terminal = new Terminal(read(data), data.readInt(), data.readInt());
    int count = data.readInt();
    if (count < 0 || count > MAX_ARGUMENTS) {
      throw new WireException(count + " arguments");
    }
    List<String> arguments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      arguments.add(read(data));
    }
    return new Request(Mode.values()[mode], uri, quiet, directory, terminal, arguments);
  }

  private static void write(DataOutputStream data, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    data.writeInt(bytes.length);
    data.write(bytes);
  }

  private static String read(DataInputStream data) throws IOException {
    int length = data.readInt();
    if (length < 0 || length > data.available()) {
      throw new WireException("text of " + length + " bytes");
    }
    return new String(data.readNBytes(length), StandardCharsets.UTF_8);
  }
}
