package org.virt.spi.nwfilter;

import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import org.virt.api.MacAddress;

/** What a field is compared with; every variable is resolved but a {@link Lookup}. */
public sealed interface Operand {
  /** An address under a mask; all ones for the whole address. */
  record Mac(MacAddress value, MacAddress mask) implements Operand {
    public static final MacAddress WHOLE = new MacAddress((1L << 48) - 1);
  }

  /** The MAC address of the port ({@link PortRef#mac}). */
  record PortMac() implements Operand {}

  /** Numbers from {@code from} to {@code to}, both included; equal for one number. */
  record Number(long from, long to) implements Operand {
    public Number {
      if (from < 0 || to < from) {
        throw new IllegalArgumentException("not a range: " + from + " to " + to);
      }
    }
  }

  /** An address and a prefix length, 32 or 128 for the whole address. */
  record Net(InetAddress address, int prefix) implements Operand {
    public Net {
      Objects.requireNonNull(address, "address");
      if (prefix < 0 || prefix > address.getAddress().length * 8) {
        throw new IllegalArgumentException("not a prefix length of " + address + ": " + prefix);
      }
    }
  }

  /** Addresses from one to another of the same family, both included. */
  record NetRange(InetAddress from, InetAddress to) implements Operand {}

  /**
   * The addresses that are bound to the port now; the technique keeps them apart from the rules.
   */
  record Lookup(Family family) implements Operand {}

  /** The field has no value to compare with. */
  record Flag() implements Operand {}

  /**
   * TCP flags under a mask, as in the TCP header (RFC 9293): FIN 1, SYN 2, RST 4, PSH 8, ACK 16,
   * URG 32.
   */
  record TcpFlags(int mask, int flags) implements Operand {}

  /**
   * An ipset and, for each of its dimensions, whether the source is looked up (else the
   * destination).
   */
  record IpSet(String name, List<Boolean> source) implements Operand {
    public IpSet {
      source = List.copyOf(source);
    }
  }

  /** Which addresses a lookup is about. */
  enum Family {
    IPV4,
    IPV6
  }
}
