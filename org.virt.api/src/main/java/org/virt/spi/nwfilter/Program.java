package org.virt.spi.nwfilter;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Rules that know no port and no technique: every variable is resolved but for what each port has
 * of its own, {@link Operand.PortMac} and {@link Operand.Lookup}. Ports that differ in nothing else
 * have equal programs, and a technique may keep the rules of these once.
 *
 * <p>A frame passes when the chains of its direction let it pass and, for IPv4 and IPv6, the
 * transport rules of its direction do. A frame that leaves the first chain without a verdict
 * passes; so does one in a direction without chains, and a packet that no transport rule decides.
 */
public final class Program {
  private static final Set<Protocol> NETWORK =
      EnumSet.of(Protocol.ARP, Protocol.RARP, Protocol.IP, Protocol.IPV6);

  private final List<Chain> outgoing;
  private final List<Chain> incoming;
  private final List<Step.Rule> transportOutgoing;
  private final List<Step.Rule> transportIncoming;
  private final String digest;

  /**
   * Makes a program.
   *
   * @param outgoing chains for frames that the guest sends, the first one entered first
   * @param incoming chains for frames towards the guest, likewise
   * @param transportOutgoing rules of IPv4 and IPv6 for packets that the guest sends, looked at in
   *     this order
   * @param transportIncoming rules for packets towards the guest, likewise
   */
  public Program(
      List<Chain> outgoing,
      List<Chain> incoming,
      List<Step.Rule> transportOutgoing,
      List<Step.Rule> transportIncoming) {
    this.outgoing = List.copyOf(outgoing);
    this.incoming = List.copyOf(incoming);
    this.transportOutgoing = List.copyOf(transportOutgoing);
    this.transportIncoming = List.copyOf(transportIncoming);
    digest = ProgramDigest.of(this);
  }

  /** Makes a program without transport rules. */
  public Program(List<Chain> outgoing, List<Chain> incoming) {
    this(outgoing, incoming, List.of(), List.of());
  }

  /** Returns the chains for frames that the guest sends. */
  public List<Chain> outgoing() {
    return outgoing;
  }

  /** Returns the chains for frames towards the guest. */
  public List<Chain> incoming() {
    return incoming;
  }

  /** Returns the transport rules for packets that the guest sends. */
  public List<Step.Rule> transportOutgoing() {
    return transportOutgoing;
  }

  /** Returns the transport rules for packets towards the guest. */
  public List<Step.Rule> transportIncoming() {
    return transportIncoming;
  }

  /** Says whether there is any transport rule. */
  public boolean hasTransport() {
    return !transportOutgoing.isEmpty() || !transportIncoming.isEmpty();
  }

  /**
   * Returns the names of the chains of one direction that no jumps lead to but such for ARP, RARP,
   * IP or IPv6.
   */
  public static Set<String> chainsOfOneProtocol(List<Chain> chains) {
    Map<Boolean, Set<String>> targets =
        chains.stream()
            .flatMap(chain -> chain.steps().stream())
            .filter(Step.Jump.class::isInstance)
            .map(Step.Jump.class::cast)
            .collect(
                Collectors.partitioningBy(
                    jump -> NETWORK.contains(jump.protocol()),
                    Collectors.mapping(Step.Jump::chain, Collectors.toSet())));
    Set<String> names = targets.get(true);
    names.removeAll(targets.get(false));
    return names;
  }

  /**
   * Returns 24 hexadecimal digits that are the same for equal programs, in every run of the same
   * version.
   */
  public String digest() {
    return digest;
  }

  @Override
  public boolean equals(Object other) {
    return this == other || other instanceof Program program && digest.equals(program.digest);
  }

  @Override
  public int hashCode() {
    return digest.hashCode();
  }

  @Override
  public String toString() {
    return "out " + outgoing + transportOutgoing + " in " + incoming + transportIncoming;
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
