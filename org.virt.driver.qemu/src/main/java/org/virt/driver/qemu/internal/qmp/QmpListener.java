package org.virt.driver.qemu.internal.qmp;

/** Hears what a monitor tells, in order, on the monitor's own thread; it returns at once. */
public interface QmpListener {
  /** Takes an event. */
  void event(QmpEvent event);

  /**
   * Takes the end of the monitor; nothing follows.
   *
   * @param reason why, in words; empty when QEMU closed its end
   */
  void closed(String reason);
}
