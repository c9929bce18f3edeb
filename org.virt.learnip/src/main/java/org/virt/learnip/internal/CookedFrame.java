package org.virt.learnip.internal;

import java.util.Optional;

/**
 * A frame as the device {@code any} shows it: DLT_LINUX_SLL2,
 * www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html. The kernel has taken off the outer 802.1Q tag
 * of a frame that came in: one that is still there is a second one, and such a frame is not read.
 * In a frame that the host sends the tag may be the only one: a guest's behind a macvtap.
 *
 * @param index the interface that it was seen on
 * @param outgoing the host sent it out of that interface
 * @param source the sender's MAC address
 * @param etherType what the payload is
 * @param bytes all that was captured
 * @param offset where the payload begins
 */
record CookedFrame(
    int index, boolean outgoing, long source, int etherType, byte[] bytes, int offset) {
  static final int HEADER = 20;
  static final int IPV4 = 0x0800;
  static final int ARP = 0x0806;
  static final int IPV6 = 0x86dd;
  static final int VLAN = 0x8100;
  static final int SERVICE_VLAN = 0x88a8;
  static final int OUTGOING = 4;

  private static final int INDEX = 4;
  private static final int HARDWARE = 8;
  private static final int PACKET_TYPE = 10;
  private static final int ADDRESS_LENGTH = 11;
  private static final int ADDRESS = 12;
  private static final int ETHERNET = 1;
  private static final int MAC_LENGTH = 6;
  private static final int TAG = 4;

  /** Returns the interface of a captured frame; 0 when it is too short to have one. */
  static int index(byte[] bytes) {
    return bytes.length < HEADER ? 0 : Bytes.s32(bytes, INDEX);
  }

  /**
   * Says whether the host sent a frame out of its interface; the frame has an {@link #index(byte[])
   * index}.
   */
  static boolean outgoing(byte[] bytes) {
    return Bytes.u8(bytes, PACKET_TYPE) == OUTGOING;
  }

  /** Reads the header; nothing when this is no Ethernet frame or one with two tags. */
  static Optional<CookedFrame> parse(byte[] bytes) {
    boolean ethernet =
        bytes.length >= HEADER
            && Bytes.u16(bytes, HARDWARE) == ETHERNET
            && Bytes.u8(bytes, ADDRESS_LENGTH) == MAC_LENGTH;
    if (!ethernet) {
      return Optional.empty();
    }
    int type = Bytes.u16(bytes, 0);
    int offset = HEADER;
    if (startsWithTag(bytes, type)) {
      type = Bytes.u16(bytes, offset + 2);
      offset += TAG;
      if (!outgoing(bytes) || type == VLAN || type == SERVICE_VLAN) {
        return Optional.empty();
      }
    }
    long source = Bytes.mac(bytes, ADDRESS);
    return Optional.of(new CookedFrame(index(bytes), outgoing(bytes), source, type, bytes, offset));
  }

  /**
   * Says whether the payload begins with a tag. Kernels before 6.11 tell the tag's type; later ones
   * look through it and tell the type of what is tagged, while the tag stays where it is ({@code
   * vlan_get_protocol_dgram}). There only the bytes tell: an ARP message has another protocol type
   * in that place, an IP packet begins with its version.
   */
  private static boolean startsWithTag(byte[] bytes, int type) {
    if (bytes.length < HEADER + TAG) {
      return false;
    }
    boolean repeated = Bytes.u16(bytes, HEADER + 2) == type;
    return type == VLAN
        || type == SERVICE_VLAN
        || repeated && type == ARP
        || repeated && type == IPV4 && Bytes.u8(bytes, HEADER) >>> 4 != 4
        || repeated && type == IPV6 && !isIpv6(bytes);
  }

  /**
   * A packet that had a type where a tag has it would have a flow label, and be too long as well.
   */
  private static boolean isIpv6(byte[] bytes) {
    return Bytes.u8(bytes, HEADER) >>> 4 == 6
        && (bytes.length == HEADER + TAG || Bytes.u8(bytes, HEADER + TAG) >>> 4 != 6);
  }
}
