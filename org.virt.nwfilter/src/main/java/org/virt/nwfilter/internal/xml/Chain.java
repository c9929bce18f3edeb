package org.virt.nwfilter.internal.xml;

import java.util.regex.Pattern;
import org.virt.spi.nwfilter.Protocol;

/**
 * The name of a chain: {@code root}, or the name of a kind with anything behind it.
 *
 * @param name at most 12 characters
 */
public record Chain(String name) {
  private static final int MAX_LENGTH = 12;
  private static final Pattern CHARACTERS = Pattern.compile("[A-Za-z0-9_.-]+");

  public Chain {
    if (name.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "chain '" + name + "' is longer than " + MAX_LENGTH + " characters");
    }
    if (!CHARACTERS.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "chain '" + name + "' has characters other than letters, digits, '_', '.' and '-'");
    }
    Kind.of(name);
  }

  /** Says whether it is the chain that every frame enters. */
  public boolean isRoot() {
    return name.equals("root");
  }

  /** Returns the protocol whose frames go through it. */
  public Protocol protocol() {
    return Kind.of(name).protocol;
  }

  /**
   * Returns the priority that it has when none is written: that of formatnwfilter's table, but for
   * {@code stp}, to which libvirt gives none.
   */
  public int defaultPriority() {
    return Kind.of(name).priority;
  }

  private enum Kind {
    ROOT("root", Protocol.MAC, 0),
    MAC("mac", Protocol.MAC, -800),
    STP("stp", Protocol.STP, 0),
    VLAN("vlan", Protocol.VLAN, -750),
    ARP("arp", Protocol.ARP, -500),
    RARP("rarp", Protocol.RARP, -400),
    IPV4("ipv4", Protocol.IP, -700),
    IPV6("ipv6", Protocol.IPV6, -600);

    private final String prefix;
    private final Protocol protocol;
    private final int priority;

    Kind(String prefix, Protocol protocol, int priority) {
      this.prefix = prefix;
      this.protocol = protocol;
      this.priority = priority;
    }

    static Kind of(String name) {
      for (Kind kind : values()) {
        if (kind == ROOT ? name.equals(kind.prefix) : name.startsWith(kind.prefix)) {
          return kind;
        }
      }
      throw new IllegalArgumentException(
          "chain '"
              + name
              + "' is neither root nor begins with mac, stp, vlan, arp, rarp, ipv4 or ipv6");
    }
  }
}
