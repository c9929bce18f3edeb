package org.virt.nwfilter.internal.xml;

/** What the values of an attribute look like. */
public sealed interface ValueType permits NumberType, AddressType, WordType {
  /**
   * Returns the form in which a value is printed.
   *
   * @throws OutOfRange for a number or mask that has the right form and means nothing here
   * @throws IllegalArgumentException for another form; the message says what is expected
   */
  String canonical(String text);

  /** A value of the right form that does not exist. */
  final class OutOfRange extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    OutOfRange(String message) {
      super(message);
    }
  }
}
