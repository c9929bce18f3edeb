package org.virt.common.process;

import java.util.Objects;

/**
 * How a command ended.
 *
 * @param exit its exit status; 128 and the signal's number when a signal ended it
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
public record Result(int exit, String out, String err) {
  public Result {
    Objects.requireNonNull(out, "out");
    Objects.requireNonNull(err, "err");
  }

  /** Says whether the exit status is 0. */
  public boolean ok() {
    return exit == 0;
  }

  /** Returns the first line of standard error, or the exit status when there is none. */
  public String reason() {
    return err.lines()
        .filter(line -> !line.isBlank())
        .findFirst()
        .orElse("exit status " + exit)
        .strip();
  }
}
