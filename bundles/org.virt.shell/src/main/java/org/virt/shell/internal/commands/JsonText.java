package org.virt.shell.internal.commands;

/** JSON as text, as it comes from a program that writes it correctly. */
final class JsonText {
  private JsonText() {}

  /** Returns it with line breaks and indents of two spaces. */
  static String pretty(String json) {
    StringBuilder out = new StringBuilder();
    int depth = 0;
    boolean quoted = false;
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c == '"' && !isEscaped(json, i)) {
        quoted = !quoted;
      }
      if (quoted || "{}[],: \n\r\t".indexOf(c) < 0) {
        out.append(c);
      } else if (c == '{' || c == '[') {
        char next = next(json, i);
        out.append(c);
        if (next != '}' && next != ']') {
          line(out, ++depth);
        }
      } else if (c == '}' || c == ']') {
        char before = out.charAt(out.length() - 1);
        if (before != '{' && before != '[') {
          line(out, --depth);
        }
        out.append(c);
      } else if (c == ',') {
        line(out.append(c), depth);
      } else if (c == ':') {
        out.append(": ");
      }
    }
    return out.toString();
  }

  /** Returns the value of a member of the outermost object; the whole text when it has none. */
  static String member(String json, String name) {
    int depth = 0;
    boolean quoted = false;
    int start = -1;
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c == '"' && !isEscaped(json, i)) {
        if (!quoted && depth == 1 && start < 0 && json.startsWith("\"" + name + "\"", i)) {
          start = json.indexOf(':', i + name.length() + 2) + 1;
        }
        quoted = !quoted;
      } else if (!quoted && (c == '{' || c == '[')) {
        depth++;
      } else if (!quoted && (c == '}' || c == ']')) {
        depth--;
      }
      boolean ends = !quoted && (depth == 0 || (depth == 1 && c == ','));
      if (start >= 0 && i >= start && ends) {
        return json.substring(start, i).strip();
      }
    }
    return json;
  }

  private static boolean isEscaped(String json, int at) {
    int slashes = 0;
    for (int i = at - 1; i >= 0 && json.charAt(i) == '\\'; i--) {
      slashes++;
    }
    return slashes % 2 == 1;
  }

  private static char next(String json, int at) {
    int i = at + 1;
    while (i < json.length() && Character.isWhitespace(json.charAt(i))) {
      i++;
    }
    return i < json.length() ? json.charAt(i) : ' ';
  }

  private static void line(StringBuilder out, int depth) {
    out.append('\n').append("  ".repeat(depth));
  }
}
