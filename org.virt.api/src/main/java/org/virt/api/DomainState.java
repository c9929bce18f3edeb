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
