package org.virt.driver.qemu.internal.guest;

import java.util.ArrayList;
import java.util.List;
import org.virt.api.VirtException;

/** Collects the words of a command line. For one thread. */
public final class CommandLine {
  private final List<String> words = new ArrayList<>();
  private final Overrides overrides;

  /** Starts an empty one for a machine, whose user may have the last word on its devices. */
  public CommandLine(Node root) {
    this.overrides = new Overrides(root);
  }

  /** Adds words as they are. */
  public void add(String... more) {
    words.addAll(List.of(more));
  }

  /** Adds an option whose value is JSON. */
  public void add(String option, Props value) {
    add(option, value.toString());
  }

  /** Adds a device. */
  public void device(Props device) throws VirtException {
    overrides.apply(device);
    add("-device", device);
  }

  /** Adds an option, unless its value is null. */
  public void optional(String option, String value) {
    if (value != null) {
      add(option, value);
    }
  }

  /** Returns a value for QEMU's comma-separated options, in which a comma is written twice. */
  public static String escape(String value) {
    return value.replace(",", ",,");
  }

  /** Returns all words. */
  public List<String> words() {
    return List.copyOf(words);
  }
}
