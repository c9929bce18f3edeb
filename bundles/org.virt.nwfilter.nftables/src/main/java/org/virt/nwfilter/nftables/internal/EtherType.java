package org.virt.nwfilter.nftables.internal;

/** EtherTypes (IEEE 802 numbers), and the kernel's own for frames that have a length instead. */
final class EtherType {
  static final int VLAN = 0x8100;
  static final int PROVIDER_VLAN = 0x88a8;

  /** The kernel's number for a frame with an LLC header: {@code ETH_P_802_2}. */
  static final int LLC = 0x0004;

  private EtherType() {}
}
