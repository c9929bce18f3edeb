package org.virt.driver.qemu.internal.guest;

import java.util.List;

/** Prints a command line for people, in a form that a shell would read as it was. */
public final class ArgvText {
  private ArgvText() {}

  /**
   * Returns it with an option and its value on each line, as libvirt prints it.
   *
   * @param environment what stands before it, each as {@code NAME=VALUE}
   */
  public static String of(List<String> environment, List<String> words) {
    StringBuilder text = new StringBuilder("LC_ALL=C");
    for (String variable : environment) {
      int value = variable.indexOf('=') + 1;
      text.append(" \\\n").append(variable, 0, value).append(quote(variable.substring(value)));
    }
    boolean joins = false;
    for (String word : words) {
      text.append(joins && !isOption(word) ? " " : " \\\n").append(quote(word));
      joins = isOption(word);
    }
    return text.append('\n').toString();
  }

  private static boolean isOption(String word) {
    return word.matches("-[a-z-]+");
  }

  private static String quote(String word) {
    return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
