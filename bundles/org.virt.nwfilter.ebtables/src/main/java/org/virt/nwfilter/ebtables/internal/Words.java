package org.virt.nwfilter.ebtables.internal;

import java.util.Locale;
import org.virt.spi.nwfilter.Field;

/** Words of the tools' languages and of messages. */
final class Words {
  private Words() {}

  /** Returns a word as the restore tools read it: in quotes where it is not a plain one. */
  static String quoted(String word) {
    boolean plain = word.matches("[A-Za-z0-9_.:+-]+");
    return plain ? word : '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /** Returns a comment that xt_comment takes: printable, at most 255 characters. */
  static String comment(String text) {
    String plain = text.replaceAll("[^ !#-\\[\\]-~]", "_");
    return '"' + plain.substring(0, Math.min(240, plain.length())) + '"';
  }

  static String of(Field field) {
    return field.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
