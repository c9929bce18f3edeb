package org.virt.format.vmx;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * The entries of a VMX file, {@code key = "value"}. Keys are compared without regard to case, as
 * VMware does; the first of two equal ones counts. For one thread.
 */
public final class VmxConfig {
  /** The longest text that is read. */
  static final int MAX_LENGTH = 1 << 20;

  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private record Entry(String key, String value) {}

  /**
   * Reads a file.
   *
   * @param text as its encoding has it, or each of its bytes as one character
   * @throws VirtException {@code PARSE_FAILED} with the line
   */
  public static VmxConfig parse(String text) throws VirtException {
    VmxConfig config = entries(text);
    String encoding = config.value(".encoding").orElse("UTF-8");
    boolean bytes = text.chars().allMatch(c -> c < 0x100) && !text.chars().allMatch(c -> c < 0x80);
    if (!bytes || charset(encoding).equals(StandardCharsets.UTF_8)) {
      return config;
    }
    // Who read the file as bytes has left it to us what they stand for.
    return entries(new String(text.getBytes(StandardCharsets.ISO_8859_1), charset(encoding)));
  }

  /** Reads a file as it lies there, in the encoding that it names; UTF-8 if it names none. */
  public static VmxConfig parse(byte[] file) throws VirtException {
    String bytes = new String(file, StandardCharsets.ISO_8859_1);
    String encoding = entries(bytes).value(".encoding").orElse("UTF-8");
    return entries(new String(file, charset(encoding)));
  }

  private static Charset charset(String name) throws VirtException {
    try {
      return Charset.forName(name);
    } catch (IllegalArgumentException e) {
      throw invalid(".encoding", name, "an encoding that is known here");
    }
  }

  private static VmxConfig entries(String text) throws VirtException {
    if (text.length() > MAX_LENGTH) {
      throw new VirtException(
          ErrorCode.PARSE_FAILED, "read VMX: longer than " + MAX_LENGTH + " characters");
    }
    VmxConfig config = new VmxConfig();
    String[] lines = (text.startsWith("\ufeff") ? text.substring(1) : text).split("\r?\n|\r", -1);
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i].strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        config.parseLine(line, i + 1);
      }
    }
    return config;
  }

  private void parseLine(String line, int number) throws VirtException {
    int equals = line.indexOf('=');
    String key = equals < 0 ? "" : line.substring(0, equals).strip();
    if (key.isEmpty() || key.indexOf('"') >= 0) {
      throw wrong(number, "'key = \"value\"' was expected");
    }
    String value = line.substring(equals + 1).strip();
    if (value.startsWith("\"") || value.startsWith("'")) {
      int end = value.indexOf(value.charAt(0), 1);
      if (end < 0) {
        throw wrong(number, "the value of '" + key + "' has no closing quote");
      }
      String after = value.substring(end + 1).strip();
      if (!after.isEmpty() && !after.startsWith("#")) {
        throw wrong(number, "the value of '" + key + "' is followed by '" + after + "'");
      }
      value = value.substring(1, end);
    }
    entries.putIfAbsent(key.toLowerCase(Locale.ROOT), new Entry(key, value));
  }

  /** Returns all keys in small letters. */
  Set<String> keys() {
    return Collections.unmodifiableSet(entries.keySet());
  }

  /** Says whether there is no entry. */
  public boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Removes an entry, if it is there. */
  public VmxConfig remove(String key) {
    entries.remove(key.toLowerCase(Locale.ROOT));
    return this;
  }

  private static VirtException wrong(int line, String reason) {
    return new VirtException(
        ErrorCode.PARSE_FAILED, "read VMX: line %d: %s".formatted(line, reason));
  }

  /** Sets an entry, in place of one of the same key. */
  public VmxConfig set(String key, Object value) {
    entries.put(key.toLowerCase(Locale.ROOT), new Entry(key, value.toString()));
    return this;
  }

  /** Returns a value as it is written, without its quotes. */
  public Optional<String> value(String key) {
    return Optional.ofNullable(entries.get(key.toLowerCase(Locale.ROOT))).map(Entry::value);
  }

  /** Returns a value; null when it is not there. */
  String get(String key) {
    return value(key).orElse(null);
  }

  /** Returns whether an entry is {@code true}. */
  boolean isTrue(String key, boolean absent) throws VirtException {
    String value = get(key);
    if (value == null || value.isEmpty()) {
      return absent;
    }
    if (value.equals("1") || value.equalsIgnoreCase("true") || value.equalsIgnoreCase("yes")) {
      return true;
    }
    if (value.equals("0") || value.equalsIgnoreCase("false") || value.equalsIgnoreCase("no")) {
      return false;
    }
    throw invalid(key, value, "true or false");
  }

  /**
   * Returns a number; -1 for {@code unlimited}.
   *
   * @param absent what stands for an entry that is not there
   */
  long number(String key, long absent) throws VirtException {
    String value = get(key);
    if (value == null) {
      return absent;
    }
    if (value.equalsIgnoreCase("unlimited")) {
      return -1;
    }
    try {
      // White space before it, but none after it, is what strtoll(3) leaves out.
      return Long.parseLong(value.stripLeading());
    } catch (NumberFormatException e) {
      throw invalid(key, value, "a number");
    }
  }

  /** Makes the error about an entry with a value that is not allowed. */
  static VirtException invalid(String key, String value, String expected) {
    return new VirtException(
        ErrorCode.PARSE_FAILED,
        value == null
            ? "read VMX: entry '%s' is missing".formatted(key)
            : "read VMX: entry '%s' is '%s', not %s".formatted(key, value, expected));
  }

  /** Returns the file. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    entries
        .values()
        .forEach(e -> out.append(e.key()).append(" = \"").append(e.value()).append("\"\n"));
    return out.toString();
  }
}
