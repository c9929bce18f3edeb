package org.virt.driver.qemu.internal.guest;

import org.virt.api.VirtException;

/** What is looked up on a host when a machine needs it. */
public interface HostFacts {
  /** A host that nobody looks at: everything is where it usually is. */
  HostFacts USUAL = new UsualHost();

  /**
   * Returns the path of a file with a secret.
   *
   * @param holder the element that refers to it
   * @param usual the path for one that is written for this run
   */
  String secret(Node holder, String usual) throws VirtException;

  /** Returns a folder whose files are pages of a size in KiB. */
  String hugepages(long kib) throws VirtException;

  /** Returns the path of the generic device of a SCSI device. */
  String scsiGeneric(Node source) throws VirtException;

  /** Returns the firmware that fits a machine: element {@code loader}, attribute {@code smm}. */
  Node firmware(Guest guest) throws VirtException;

  /** Says whether it has a NUMA node. */
  boolean hasNode(int node);

  /** Returns the path of a volume of a storage pool. */
  String volume(Node source) throws VirtException;

  /** Says how screens are served over TLS. */
  ScreenTls screenTls();

  /** Returns the time in a zone as seconds of 1970. */
  long now(String basis);
}
