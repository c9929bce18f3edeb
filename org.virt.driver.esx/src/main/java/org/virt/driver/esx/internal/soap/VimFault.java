package org.virt.driver.esx.internal.soap;

/** A fault that the other side answered with: it got the request and refused it. */
public final class VimFault extends Exception {
  private static final long serialVersionUID = 1L;

  private final String type;

  /**
   * Makes a fault.
   *
   * @param type of VMware's fault, such as {@code InvalidPowerState}; empty when it does not say
   * @param message what it says
   */
  public VimFault(String type, String message) {
    super(type.isEmpty() ? message : message + " (" + type + ")");
    this.type = type;
  }

  /** Returns the type of the fault without prefix, empty when unknown. */
  public String type() {
    return type;
  }
}
