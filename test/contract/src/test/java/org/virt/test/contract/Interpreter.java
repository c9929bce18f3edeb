package org.virt.test.contract;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virt.api.MacAddress;
import org.virt.spi.nwfilter.Field;
import org.virt.spi.nwfilter.Match;
import org.virt.spi.nwfilter.Match.Sense;
import org.virt.spi.nwfilter.Operand;
import org.virt.spi.nwfilter.Program;
import org.virt.spi.nwfilter.Program.Chain;
import org.virt.spi.nwfilter.Protocol;
import org.virt.spi.nwfilter.Step;
import org.virt.spi.nwfilter.Step.Action;

/** What chains mean for one frame: the SPI's words as code. */
final class Interpreter {
  private static final Set<Protocol> NETWORK =
      Set.of(Protocol.ARP, Protocol.RARP, Protocol.IP, Protocol.IPV6);
  private static final Set<Integer> TAGS = Set.of(Packets.VLAN, Packets.PROVIDER_VLAN);
  private static final Set<Integer> WITH_PORTS = Set.of(6, 17, 33, 132, 136);
  private static final Set<Integer> EXTENSIONS = Set.of(0, 43, 60);
  private static final int ARP_LENGTHS = 0x0604;
  private static final int STP = 17; // behind addresses, length and LLC

  private final byte[] frame;
  private final MacAddress own;
  private final Set<InetAddress> bound;
  private final int type;
  private final int start;

  private Interpreter(byte[] frame, MacAddress own, Set<InetAddress> bound) {
    this.frame = frame;
    this.own = own;
    this.bound = bound;
    int at = 12;
    while (TAGS.contains((int) number(at, 2))) {
      at += 4;
    }
    type = (int) number(at, 2);
    start = at + 2;
  }

  /** Says whether chains let a frame pass. */
  static boolean passes(List<Chain> chains, byte[] frame, MacAddress own, Set<InetAddress> bound) {
    byte[] padded = Arrays.copyOf(frame, Math.max(frame.length, 128));
    return chains.isEmpty()
        || new Interpreter(padded, own, bound).run(chains, chains.get(0)).orElse(Action.ACCEPT)
            == Action.ACCEPT;
  }

  /** Says whether every way through the chains ends. */
  static boolean ends(List<Chain> chains) {
    return chains.stream().allMatch(chain -> ends(chains, chain.name(), chains.size()));
  }

  private static boolean ends(List<Chain> chains, String name, int depth) {
    return depth >= 0
        && find(chains, name).steps().stream()
            .allMatch(s -> !(s instanceof Step.Jump j) || ends(chains, j.chain(), depth - 1));
  }

  private static Chain find(List<Chain> chains, String name) {
    return chains.stream().filter(chain -> chain.name().equals(name)).findFirst().orElseThrow();
  }

  private Optional<Action> run(List<Chain> chains, Chain chain) {
    boolean ofOneProtocol = Program.chainsOfOneProtocol(chains).contains(chain.name());
    for (Step step : chain.steps()) {
      if (step instanceof Step.Jump jump && is(jump.protocol())) {
        Optional<Action> verdict = run(chains, find(chains, jump.chain()));
        if (verdict.isPresent()) {
          return verdict;
        }
      } else if (step instanceof Step.Rule rule && rule.action() != Action.CONTINUE) {
        if (isAbout(rule, ofOneProtocol) && rule.matches().stream().allMatch(this::matches)) {
          return Optional.of(rule.action()).filter(action -> action != Action.RETURN);
        }
      }
    }
    return Optional.empty();
  }

  /** Says whether a rule is about the frame: a tag hides nothing, and opens nothing. */
  private boolean isAbout(Step.Rule rule, boolean ofOneProtocol) {
    boolean behindTag = start > 14 && NETWORK.contains(rule.protocol());
    boolean opens =
        rule.action() == Action.ACCEPT || rule.action() == Action.RETURN && !ofOneProtocol;
    return is(rule.protocol()) && !(behindTag && opens);
  }

  private boolean is(Protocol protocol) {
    return switch (protocol) {
      case MAC -> true;
      case VLAN -> number(12, 2) == Packets.VLAN;
      case STP -> MacAddress.of(frame, 0).equals(Packets.BRIDGES);
      case ARP -> type == Packets.ARP;
      case RARP -> type == Packets.RARP;
      case IP -> type == Packets.IPV4;
      case IPV6 -> type == Packets.IPV6;
      default -> throw new IllegalArgumentException("no frames: " + protocol);
    };
  }

  private boolean matches(Match match) {
    if (match.field() == Field.ARP_GRATUITOUS) {
      if (!hasIps()) {
        return false;
      }
      boolean equal = Arrays.equals(bytes(start + 14, 4), bytes(start + 24, 4));
      return equal == (match.sense() == Sense.IS);
    }
    Optional<byte[]> value = field(match.field());
    return value.isPresent()
        && compare(value.get(), match.operand()) == (match.sense() == Sense.IS);
  }

  private boolean compare(byte[] value, Operand operand) {
    if (operand instanceof Operand.Number range) {
      long number = new BigInteger(1, value).longValueExact();
      return range.from() <= number && number <= range.to();
    } else if (operand instanceof Operand.Mac mac) {
      return ((MacAddress.of(value, 0).value() ^ mac.value().value()) & mac.mask().value()) == 0;
    } else if (operand instanceof Operand.Net net) {
      BigInteger other = new BigInteger(1, net.address().getAddress());
      int low = value.length * 8 - net.prefix();
      return new BigInteger(1, value).xor(other).shiftRight(low).signum() == 0;
    } else if (operand instanceof Operand.NetRange range) {
      return Arrays.compareUnsigned(value, range.from().getAddress()) >= 0
          && Arrays.compareUnsigned(value, range.to().getAddress()) <= 0;
    } else if (operand instanceof Operand.PortMac) {
      return MacAddress.of(value, 0).equals(own);
    } else if (operand instanceof Operand.Lookup) {
      return bound.contains(address(value));
    }
    throw new IllegalArgumentException("not for frames: " + operand);
  }

  /** Returns the bytes of a field; absent where the frame has none. */
  private Optional<byte[]> field(Field field) {
    return switch (field) {
      case ETHER_SOURCE -> Optional.of(bytes(6, 6));
      case ETHER_DESTINATION -> Optional.of(bytes(0, 6));
      case ETHER_TYPE -> Optional.of(bytes(12, 2));
      case VLAN_ID -> Optional.of(new byte[] {(byte) (frame[14] & 0xf), frame[15]});
      case VLAN_ENCAPSULATED -> Optional.of(bytes(16, 2));
      case STP_TYPE -> Optional.of(bytes(STP + 3, 1));
      case STP_FLAGS -> Optional.of(bytes(STP + 4, 1));
      case STP_ROOT_PRIORITY -> Optional.of(bytes(STP + 5, 2));
      case STP_ROOT_ADDRESS -> Optional.of(bytes(STP + 7, 6));
      case STP_ROOT_COST -> Optional.of(bytes(STP + 13, 4));
      case STP_SENDER_PRIORITY -> Optional.of(bytes(STP + 17, 2));
      case STP_SENDER_ADDRESS -> Optional.of(bytes(STP + 19, 6));
      case STP_PORT -> Optional.of(bytes(STP + 25, 2));
      case STP_MESSAGE_AGE -> Optional.of(bytes(STP + 27, 2));
      case STP_MAX_AGE -> Optional.of(bytes(STP + 29, 2));
      case STP_HELLO_TIME -> Optional.of(bytes(STP + 31, 2));
      case STP_FORWARD_DELAY -> Optional.of(bytes(STP + 33, 2));
      case ARP_HARDWARE_TYPE -> Optional.of(bytes(start, 2));
      case ARP_PROTOCOL_TYPE -> Optional.of(bytes(start + 2, 2));
      case ARP_OPERATION -> Optional.of(bytes(start + 6, 2));
      case ARP_SENDER_MAC -> Optional.of(bytes(start + 8, 6)).filter(address -> hasMac());
      case ARP_SENDER_IP -> Optional.of(bytes(start + 14, 4)).filter(address -> hasIps());
      case ARP_TARGET_MAC ->
          Optional.of(bytes(start + 18, 6)).filter(address -> hasMac() && hasLengths());
      case ARP_TARGET_IP -> Optional.of(bytes(start + 24, 4)).filter(address -> hasIps());
      case IP_SOURCE -> Optional.of(isIpv4() ? bytes(start + 12, 4) : bytes(start + 8, 16));
      case IP_DESTINATION -> Optional.of(isIpv4() ? bytes(start + 16, 4) : bytes(start + 24, 16));
      case IP_PROTOCOL -> Optional.of(bytes(protocol(), 1));
      case IP_DSCP -> Optional.of(new byte[] {(byte) ((frame[start + 1] & 0xff) >> 2)});
      case SOURCE_PORT -> transport(WITH_PORTS).map(at -> bytes(at, 2));
      case DESTINATION_PORT -> transport(WITH_PORTS).map(at -> bytes(at + 2, 2));
      case ICMP_TYPE -> transport(Set.of(Packets.ICMPV6)).map(at -> bytes(at, 1));
      case ICMP_CODE -> transport(Set.of(Packets.ICMPV6)).map(at -> bytes(at + 1, 1));
      default -> throw new IllegalArgumentException("not for frames: " + field);
    };
  }

  /** Says whether a packet of ARP has MAC addresses: those of Ethernet. */
  private boolean hasMac() {
    return number(start, 2) == 1 && number(start + 4, 1) == ARP_LENGTHS >>> Byte.SIZE;
  }

  /** Says whether a packet of ARP has IPv4 addresses. */
  private boolean hasIps() {
    return number(start + 2, 2) == Packets.IPV4 && hasLengths();
  }

  private boolean hasLengths() {
    return number(start + 4, 2) == ARP_LENGTHS;
  }

  /** Returns where the header of one of these protocols starts; a later fragment has none. */
  private Optional<Integer> transport(Set<Integer> protocols) {
    boolean later = isIpv4() && (number(start + 6, 2) & 0x1fff) != 0;
    if (later || !protocols.contains((int) number(protocol(), 1))) {
      return Optional.empty();
    }
    return Optional.of(isIpv4() ? start + 4 * (frame[start] & 0xf) : afterExtensions());
  }

  /** Returns where the number of the protocol stands: with IPv6 in the last extension header. */
  private int protocol() {
    int at = isIpv4() ? start + 9 : start + 6;
    for (int next = start + 40; !isIpv4() && EXTENSIONS.contains((int) number(at, 1)); ) {
      at = next;
      next += 8 + 8 * (frame[next + 1] & 0xff);
    }
    return at;
  }

  private int afterExtensions() {
    int last = protocol();
    return last == start + 6 ? start + 40 : last + 8 + 8 * (frame[last + 1] & 0xff);
  }

  private boolean isIpv4() {
    return type == Packets.IPV4;
  }

  private byte[] bytes(int from, int count) {
    return Arrays.copyOfRange(frame, from, from + count);
  }

  private long number(int from, int count) {
    return new BigInteger(1, bytes(from, count)).longValueExact();
  }

  private static InetAddress address(byte[] value) {
    try {
      return InetAddress.getByAddress(value);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
