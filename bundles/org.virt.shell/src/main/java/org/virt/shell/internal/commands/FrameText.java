package org.virt.shell.internal.commands;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.virt.api.MacAddress;

/** Says in a line what a frame is; of untrusted bytes, of which any may be missing. */
final class FrameText {
  private static final int ETHERNET = 14;
  private static final int TAG = 4;
  private static final int VLAN = 0x8100;
  private static final int IPV4 = 0x0800;
  private static final int ARP = 0x0806;
  private static final int IPV6 = 0x86dd;
  private static final int IPV4_LENGTH = 20;
  private static final int IPV6_LENGTH = 40;
  private static final int ARP_LENGTH = 28;

  private final byte[] frame;
  private final StringBuilder text = new StringBuilder();

  private FrameText(byte[] frame) {
    this.frame = frame;
  }

  static String of(byte[] frame) {
    if (frame.length < ETHERNET) {
      return frame.length + " bytes";
    }
    return new FrameText(frame).text();
  }

  private String text() {
    text.append(MacAddress.of(frame, 6)).append(" > ").append(MacAddress.of(frame, 0));
    int at = ETHERNET;
    int type = u16(at - 2);
    if (type == VLAN && has(at, TAG)) {
      text.append(" vlan ").append(u16(at) & 0xfff);
      type = u16(at + 2);
      at += TAG;
    }
    if (type == IPV4 && has(at, IPV4_LENGTH)) {
      addresses("IPv4", at + 12, 4);
      int header = 4 * (frame[at] & 0xf);
      boolean first = (u16(at + 6) & 0x1fff) == 0;
      protocol(frame[at + 9] & 0xff, first ? at + header : frame.length);
    } else if (type == IPV6 && has(at, IPV6_LENGTH)) {
      addresses("IPv6", at + 8, 16);
      protocol(frame[at + 6] & 0xff, at + IPV6_LENGTH);
    } else if (type == ARP && has(at, ARP_LENGTH)) {
      text.append(" ARP ").append(u16(at + 6) == 1 ? "request " : "operation " + u16(at + 6) + " ");
      text.append(address(at + 14, 4)).append(" asks for ").append(address(at + 24, 4));
    } else {
      text.append(String.format(" type 0x%04x", type));
    }
    return text.toString();
  }

  private void addresses(String name, int at, int length) {
    text.append(' ').append(name).append(' ').append(address(at, length));
    text.append(" > ").append(address(at + length, length));
  }

  private void protocol(int protocol, int at) {
    boolean ports = protocol == 6 || protocol == 17 || protocol == 132 || protocol == 136;
    String name =
        switch (protocol) {
          case 1 -> "icmp";
          case 6 -> "tcp";
          case 17 -> "udp";
          case 58 -> "icmpv6";
          case 132 -> "sctp";
          default -> "protocol " + protocol;
        };
    text.append(' ').append(name);
    if (ports && has(at, 4)) {
      text.append(' ').append(u16(at)).append(" > ").append(u16(at + 2));
    }
  }

  private boolean has(int at, int length) {
    return at + length <= frame.length;
  }

  private int u16(int at) {
    return (frame[at] & 0xff) << Byte.SIZE | frame[at + 1] & 0xff;
  }

  private String address(int at, int length) {
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(frame, at, at + length)).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
