package org.virt.spi.nwfilter;

import java.util.Objects;

/**
 * One condition of a rule.
 *
 * @param field what is looked at
 * @param sense whether it must be so, or must not
 * @param operand what it is compared with
 */
public record Match(Field field, Sense sense, Operand operand) {
  public Match {
    Objects.requireNonNull(field, "field");
    Objects.requireNonNull(sense, "sense");
    Objects.requireNonNull(operand, "operand");
  }

  /** Whether a condition must hold or must not. */
  public enum Sense {
    IS,
    IS_NOT
  }
}
