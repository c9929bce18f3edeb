package org.virt.shell.internal.command;

import java.util.ArrayList;
import java.util.List;

/** Rows of text in columns, printed as virsh prints them. */
public final class Table {
  private static final int GAP = 3;

  private final List<List<String>> rows = new ArrayList<>();

  /** Begins a table with its header. */
  public Table(String... header) {
    rows.add(List.of(header));
  }

  /** Adds a row; it has as many cells as the header. */
  public void row(String... cells) {
    rows.add(List.of(cells));
  }

  /** Says whether there is nothing below the header. */
  public boolean isEmpty() {
    return rows.size() == 1;
  }

  /** Returns the table; without its header and the line below it when quiet. */
  public String text(boolean quiet) {
    List<List<String>> shown = quiet ? rows.subList(1, rows.size()) : rows;
    int[] widths = widths(shown);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < shown.size(); i++) {
      line(text, shown.get(i), widths);
      if (i == 0 && !quiet) {
        int length = GAP * widths.length;
        for (int width : widths) {
          length += width;
        }
        text.append("-".repeat(length)).append('\n');
      }
    }
    return text.toString();
  }

  private static void line(StringBuilder text, List<String> cells, int[] widths) {
    for (int i = 0; i < cells.size(); i++) {
      String cell = cells.get(i);
      text.append(' ').append(cell);
      if (i + 1 < cells.size()) {
        text.append(" ".repeat(widths[i] - length(cell) + GAP - 1));
      }
    }
    text.append('\n');
  }

  private int[] widths(List<List<String>> shown) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : shown) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], length(row.get(i)));
      }
    }
    return widths;
  }

  private static int length(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
