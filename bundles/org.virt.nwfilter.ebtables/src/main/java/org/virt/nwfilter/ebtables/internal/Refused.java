package org.virt.nwfilter.ebtables.internal;

/** A rule cannot be said exactly; the message says why. */
final class Refused extends Exception {
  private static final long serialVersionUID = 1L;

  Refused(String message) {
    super(message);
  }
}
