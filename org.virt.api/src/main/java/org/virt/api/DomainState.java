package org.virt.api;

/** What a machine does right now; the numbers are libvirt's {@code virDomainState}. */
public enum DomainState {
  NOSTATE(0, "no state"),
  RUNNING(1, "running"),
  BLOCKED(2, "idle"),
  PAUSED(3, "paused"),
  SHUTDOWN(4, "in shutdown"),
  SHUTOFF(5, "shut off"),
  CRASHED(6, "crashed"),
  PMSUSPENDED(7, "pmsuspended");

  private final int number;
  private final String text;

  DomainState(int number, String text) {
    this.number = number;
    this.text = text;
  }

  /** Returns the state of a number of libvirt's; one of a newer libvirt is no state. */
  public static DomainState of(int number) {
    return number < 0 || number >= values().length ? NOSTATE : values()[number];
  }

  /** Returns libvirt's number. */
  public int number() {
    return number;
  }

  /** Returns the word that virsh prints. */
  public String text() {
    return text;
  }

  /**
   * Says whether a machine in this state has a process or its like: everything but shut off and
   * crashed.
   */
  public boolean isActive() {
    return this != SHUTOFF && this != CRASHED;
  }
}
