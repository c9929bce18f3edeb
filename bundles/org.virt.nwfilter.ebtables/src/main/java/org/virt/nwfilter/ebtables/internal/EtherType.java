package org.virt.nwfilter.ebtables.internal;

/** EtherTypes (IEEE 802 numbers). */
final class EtherType {
  static final int VLAN = 0x8100;
  static final int PROVIDER_VLAN = 0x88a8;
  static final int SMALLEST = 0x600;

  private EtherType() {}

  /** Returns the condition that a frame is of a type, with a space behind it. */
  static String is(long type) {
    return String.format("-p 0x%04x ", type);
  }

  /** Returns the condition that a frame has a tag and is of a type behind it. */
  static String behindTag(long type) {
    return String.format("-p 0x8100 --vlan-encap 0x%04x ", type);
  }
}
