package org.virt.api.xml;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Prints XML in the form of libvirt's tools: two spaces for each level, attributes in single
 * quotes, {@code <a b='c'/>} for an element without content. For one thread.
 *
 * <pre>{@code
 * new XmlWriter().open("disk").attribute("type", "file").text("name", "a").close().toString()
 * }</pre>
 */
public final class XmlWriter {
  private final StringBuilder out = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();
  private State state = State.BETWEEN;

  /** What was written last. */
  private enum State {
    /** A start tag that still takes attributes. */
    TAG,
    /** Text within an element: its end tag follows on the same line. */
    TEXT,
    /** A whole line. */
    BETWEEN
  }

  /** Starts an element within the current one. */
  public XmlWriter open(String name) {
    if (state == State.TAG) {
      out.append(">\n");
    }
    if (state != State.TEXT) {
      indent();
    }
    out.append('<').append(name);
    open.push(name);
    state = State.TAG;
    return this;
  }

  /**
   * Adds an attribute to the element that was just opened.
   *
   * @param value its {@code toString()} is written
   * @throws IllegalArgumentException when it holds a character that XML cannot carry
   */
  public XmlWriter attribute(String name, Object value) {
    if (state != State.TAG) {
      throw new IllegalStateException("attribute " + name + " after the start tag");
    }
    out.append(' ').append(name).append("='");
    escape(value.toString(), true);
    out.append('\'');
    return this;
  }

  /** Adds an attribute unless its value is null. */
  public XmlWriter optional(String name, Object value) {
    return value == null ? this : attribute(name, value);
  }

  /**
   * Adds text to the current element, which then ends on the same line.
   *
   * @throws IllegalArgumentException when it holds a character that XML cannot carry
   */
  public XmlWriter text(Object value) {
    if (state == State.TAG) {
      out.append('>');
    }
    escape(value.toString(), false);
    state = State.TEXT;
    return this;
  }

  /** Adds an element with nothing but text. */
  public XmlWriter element(String name, Object text) {
    return open(name).text(text).close();
  }

  /** Ends the element that was opened last. */
  public XmlWriter close() {
    String name = open.pop();
    switch (state) {
      case TAG -> out.append("/>");
      case TEXT -> out.append("</").append(name).append('>');
      case BETWEEN -> {
        indent();
        out.append("</").append(name).append('>');
      }
    }
    out.append('\n');
    state = State.BETWEEN;
    return this;
  }

  /** Returns what was written, each line ended; all elements are closed by then. */
  @Override
  public String toString() {
    return out.toString();
  }

  private void indent() {
    out.append("  ".repeat(open.size()));
  }

  /**
   * Escapes what libvirt escapes; white space that a parser would change is written as a reference.
   */
  private void escape(String value, boolean attribute) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '&' -> out.append("&amp;");
        case '\'' -> out.append("&apos;");
        case '"' -> out.append("&quot;");
        case '\r' -> out.append("&#13;");
        case '\t', '\n' -> {
          if (attribute) {
            out.append("&#").append((int) c).append(';');
          } else {
            out.append(c);
          }
        }
        default -> {
          if (c < ' ' || c >= 0xfffe || Character.isSurrogate(c) && !isPair(value, i)) {
            throw new IllegalArgumentException(
                "XML cannot carry the character U+%04X at %d".formatted((int) c, i));
          }
          out.append(c);
        }
      }
    }
  }

  private static boolean isPair(String value, int i) {
    return Character.isHighSurrogate(value.charAt(i))
        ? i + 1 < value.length() && Character.isLowSurrogate(value.charAt(i + 1))
        : i > 0 && Character.isHighSurrogate(value.charAt(i - 1));
  }
}
