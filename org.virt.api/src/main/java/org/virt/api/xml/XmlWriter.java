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
  private final Deque<Frame> open = new ArrayDeque<>();
  private boolean inTag;

  /** An element that is not closed yet. */
  private static final class Frame {
    final String name;

    /** It holds text, so white space may not be added. */
    boolean mixed;

    Frame(String name) {
      this.name = name;
    }
  }

  /** Starts an element within the current one. */
  public XmlWriter open(String name) {
    if (!isMixed()) {
      out.append(inTag ? ">\n" : "");
      indent();
    } else if (inTag) {
      out.append('>');
    }
    out.append('<').append(name);
    open.push(new Frame(name));
    inTag = true;
    return this;
  }

  /**
   * Adds an attribute to the element that was just opened.
   *
   * @param value its {@code toString()} is written
   * @throws IllegalArgumentException when it holds a character that XML cannot carry
   */
  public XmlWriter attribute(String name, Object value) {
    if (!inTag) {
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
   * Adds text to the current element, whose content is then written as it is, without new lines.
   *
   * @throws IllegalArgumentException when it holds a character that XML cannot carry
   */
  public XmlWriter text(Object value) {
    if (inTag) {
      out.append('>');
      inTag = false;
    }
    open.element().mixed = true;
    escape(value.toString(), false);
    return this;
  }

  /** Adds an element with nothing but text. */
  public XmlWriter element(String name, Object text) {
    return open(name).text(text).close();
  }

  /** Ends the element that was opened last. */
  public XmlWriter close() {
    Frame frame = open.pop();
    if (inTag) {
      out.append("/>");
    } else {
      if (!frame.mixed) {
        indent();
      }
      out.append("</").append(frame.name).append('>');
    }
    inTag = false;
    if (!isMixed()) {
      out.append('\n');
    }
    return this;
  }

  /** Returns what was written, each line ended; all elements are closed by then. */
  @Override
  public String toString() {
    return out.toString();
  }

  private boolean isMixed() {
    return !open.isEmpty() && open.element().mixed;
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
