package org.virt.spi.nwfilter;

import java.util.List;
import java.util.Objects;

/**
 * Everything that is to be enforced on one port, independent of any technique. A frame that leaves
 * the first chain of its direction without a verdict passes; an empty list of chains lets all
 * frames of that direction pass.
 *
 * @param port the port
 * @param outgoing chains for frames that the guest sends, the first one entered first
 * @param incoming chains for frames towards the guest, likewise
 * @param transport rules of IPv4 and IPv6, sorted; for packets that the chains let pass
 */
public record PortProgram(
    PortRef port, List<Chain> outgoing, List<Chain> incoming, List<Step.Rule> transport) {
  public PortProgram {
    Objects.requireNonNull(port, "port");
    outgoing = List.copyOf(outgoing);
    incoming = List.copyOf(incoming);
    transport = List.copyOf(transport);
  }

  /**
   * Returns 24 hexadecimal digits that are the same for equal programs, in every run of the same
   * version.
   */
  public String digest() {
    return ProgramDigest.of(this);
  }

  /**
   * A chain.
   *
   * @param name unique within its direction: {@code root}, {@code arp}, {@code ipv4-x}
   * @param steps looked at in this order
   */
  public record Chain(String name, List<Step> steps) {
    public Chain {
      Objects.requireNonNull(name, "name");
      steps = List.copyOf(steps);
    }
  }
}
