package org.virt.learnip.internal;

import static org.virt.learnip.internal.BpfInstruction.IF_ANY_BIT;
import static org.virt.learnip.internal.BpfInstruction.IF_EQUAL;
import static org.virt.learnip.internal.BpfInstruction.IF_GREATER;
import static org.virt.learnip.internal.BpfInstruction.IF_NOT_LESS;
import static org.virt.learnip.internal.BpfInstruction.LOAD_BYTE;
import static org.virt.learnip.internal.BpfInstruction.LOAD_HALF;
import static org.virt.learnip.internal.BpfInstruction.LOAD_HALF_X;
import static org.virt.learnip.internal.BpfInstruction.LOAD_WORD;
import static org.virt.learnip.internal.BpfInstruction.LOAD_X_HEADER_LENGTH;
import static org.virt.learnip.internal.BpfInstruction.RETURN;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.virt.learnip.internal.BpfAssembler.Label;
import org.virt.learnip.internal.Watch.Want;

/**
 * The kernel's part of the choice of frames. libpcap's compiler is not used: it makes one
 * comparison after the other of a thousand interfaces, while this is a binary search over runs of
 * them; and its way of replacing a filter drops what arrives meanwhile. The bytes begin at the
 * network header, as the kernel shows them to a packet socket of the type {@code SOCK_DGRAM}
 * (packet(7)).
 */
final class CaptureFilter {
  /** How many instructions the kernel takes ({@code BPF_MAXINSNS}). */
  static final int MAX_INSTRUCTIONS = 4096;

  private static final int BLOCK = 40;
  private static final int MOST_MUTED = 64;
  private static final int ARP_OPERATION = 6;
  private static final int ARP_REPLY = 2;
  private static final int IPV6_NEXT = 6;

  private final BpfAssembler code = new BpfAssembler();
  private final int snapLength;
  private final Map<Kind, Label> kinds = new LinkedHashMap<>();

  /** The nearest ends: a condition jumps only so far. */
  private Label reject = new Label();

  private Label accept = new Label();

  private record Kind(Set<Want> wants, boolean guestBehind) {
    boolean isOf(Watch watch) {
      return guestBehind == watch.guestBehind() && wants.equals(watch.wants());
    }
  }

  private record Run(int first, int last, Kind kind) {}

  private CaptureFilter(int snapLength) {
    this.snapLength = snapLength;
  }

  /**
   * Makes the filter of a set of interfaces; when they are too many, the filter of any interface.
   *
   * @param watches sorted by interface, each interface once
   * @param snapLength how many bytes of a frame are kept
   */
  static List<BpfInstruction> of(List<Watch> watches, int snapLength) {
    CaptureFilter filter = new CaptureFilter(snapLength);
    filter.mute(watches);
    filter.serversAnswers();
    filter.code.add(LOAD_WORD, BpfInstruction.INTERFACE);
    filter.search(runs(watches));
    List<BpfInstruction> program = filter.finish();
    return program.size() <= MAX_INSTRUCTIONS ? program : ofAnyInterface(snapLength);
  }

  /** Makes the filter of all ARP and IP, for a host where the other is not taken. */
  static List<BpfInstruction> ofAnyInterface(int snapLength) {
    CaptureFilter filter = new CaptureFilter(snapLength);
    filter.code.add(LOAD_WORD, BpfInstruction.PROTOCOL);
    filter.code.unless(IF_EQUAL, CookedFrame.VLAN, filter.accept);
    filter.guestsFrames(EnumSet.of(Want.ARP, Want.IPV4, Want.IPV6));
    return filter.finish();
  }

  /**
   * Takes nothing of guests that flood; of some of them, for the others cost no more than before.
   */
  private void mute(List<Watch> watches) {
    List<Watch> muted =
        watches.stream()
            .filter(watch -> watch.wants().contains(Want.MUTED))
            .limit(MOST_MUTED)
            .toList();
    for (boolean behind : new boolean[] {false, true}) {
      List<Watch> these = muted.stream().filter(watch -> watch.guestBehind() == behind).toList();
      if (!these.isEmpty()) {
        Label others = new Label();
        Label look = new Label();
        code.add(LOAD_WORD, BpfInstruction.PACKET_TYPE)
            .test(IF_EQUAL, CookedFrame.OUTGOING, behind ? look : others, behind ? others : look)
            .place(look)
            .add(LOAD_WORD, BpfInstruction.INTERFACE);
        Label drop = new Label();
        these.forEach(watch -> code.unless(IF_EQUAL, watch.index(), drop));
        code.jump(others).place(drop).add(RETURN, 0).place(others);
      }
    }
  }

  /**
   * Accepts what servers answer to clients and comes in by any interface; what goes out would be
   * the same again for each port of a bridge.
   */
  private void serversAnswers() {
    Label other = new Label();
    code.add(LOAD_WORD, BpfInstruction.PACKET_TYPE).unless(IF_EQUAL, CookedFrame.OUTGOING, other);
    answers(other);
    code.place(other);
  }

  /** Accepts what servers answer to clients, and goes on elsewhere with anything else. */
  private void answers(Label other) {
    Label ipv6 = new Label();
    code.add(LOAD_WORD, BpfInstruction.PROTOCOL).unless(IF_EQUAL, CookedFrame.IPV6, ipv6);
    code.require(IF_EQUAL, CookedFrame.IPV4, other);
    Label take = new Label();
    dhcp4(DhcpDatagram.SERVER_PORT, DhcpDatagram.CLIENT_PORT, take, other);
    code.place(ipv6);
    dhcp6(DhcpDatagram.SERVER_PORT6, DhcpDatagram.CLIENT_PORT6, take, other);
    code.place(take).add(RETURN, snapLength);
  }

  /** Who is muted hears his server all the same. */
  private static Watch heardWhileMuted(Watch watch) {
    return watch.wants().contains(Want.MUTED)
        ? new Watch(watch.index(), EnumSet.of(Want.ANSWERS), watch.guestBehind())
        : watch;
  }

  private static List<Run> runs(List<Watch> watches) {
    List<Run> runs = new ArrayList<>();
    for (Watch each : watches) {
      Watch watch = heardWhileMuted(each);
      Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
      Kind kind =
          last != null && last.kind.isOf(watch)
              ? last.kind
              : new Kind(watch.wants(), watch.guestBehind());
      if (last != null && last.kind.equals(kind) && last.last + 1 == watch.index()) {
        runs.set(runs.size() - 1, new Run(last.first, watch.index(), kind));
      } else {
        runs.add(new Run(watch.index(), watch.index(), kind));
      }
    }
    return runs;
  }

  /** Looks for the interface, which is in the accumulator. */
  private void search(List<Run> runs) {
    if (runs.size() <= BLOCK) {
      compareEach(runs);
      return;
    }
    int middle = runs.size() / 2;
    Label right = new Label();
    Label far = new Label();
    Label left = new Label();
    code.test(IF_NOT_LESS, runs.get(middle).first, far, left).place(far).jump(right).place(left);
    search(runs.subList(0, middle));
    code.place(right);
    search(runs.subList(middle, runs.size()));
  }

  private void compareEach(List<Run> runs) {
    // A condition jumps only so far: each block has its own steps to the places where the kinds are
    // dealt with.
    Map<Kind, Label> steps = new LinkedHashMap<>();
    Label none = new Label();
    for (Run run : runs) {
      Label step = steps.computeIfAbsent(run.kind, kind -> new Label());
      if (run.first == run.last) {
        code.unless(IF_EQUAL, run.first, step);
      } else {
        Label next = new Label();
        code.require(IF_NOT_LESS, run.first, none)
            .test(IF_GREATER, run.last, next, step)
            .place(next);
      }
    }
    code.place(none).add(RETURN, 0);
    steps.forEach(
        (kind, step) -> code.place(step).jump(kinds.computeIfAbsent(kind, any -> new Label())));
  }

  private List<BpfInstruction> finish() {
    kinds.forEach(this::kind);
    ends();
    return code.program();
  }

  private void ends() {
    code.place(reject).add(RETURN, 0).place(accept).add(RETURN, snapLength);
    reject = new Label();
    accept = new Label();
  }

  private void kind(Kind kind, Label here) {
    Label outgoing = new Label();
    code.place(here).add(LOAD_WORD, BpfInstruction.PACKET_TYPE);
    code.unless(IF_EQUAL, CookedFrame.OUTGOING, outgoing);
    frames(kind, !kind.guestBehind);
    Label other = new Label();
    code.place(outgoing);
    answers(other);
    code.place(other);
    frames(kind, kind.guestBehind);
    ends();
  }

  private void frames(Kind kind, boolean guests) {
    code.add(LOAD_WORD, BpfInstruction.PROTOCOL);
    if (kind.wants.equals(EnumSet.of(Want.ANSWERS))) {
      code.jump(reject);
      return;
    }
    if (!guests) {
      neighbours(kind.wants);
      return;
    }
    if (kind.guestBehind) {
      // The tag of a guest behind a macvtap is not taken off yet: what is in it is found out later.
      code.unless(IF_EQUAL, CookedFrame.VLAN, accept);
    }
    guestsFrames(kind.wants);
  }

  /** Accepts what the guest sent; the protocol is in the accumulator. */
  private void guestsFrames(Set<Want> wants) {
    if (wants.contains(Want.ARP)) {
      code.unless(IF_EQUAL, CookedFrame.ARP, accept);
    }
    if (wants.contains(Want.IPV4)) {
      code.unless(IF_EQUAL, CookedFrame.IPV4, accept);
    }
    if (wants.contains(Want.IPV6)) {
      code.unless(IF_EQUAL, CookedFrame.IPV6, accept);
    }
    Label ipv6 = new Label();
    code.unless(IF_EQUAL, CookedFrame.IPV6, ipv6).require(IF_EQUAL, CookedFrame.IPV4, reject);
    dhcp4(DhcpDatagram.CLIENT_PORT, DhcpDatagram.SERVER_PORT, accept, reject);
    code.place(ipv6);
    if (wants.contains(Want.ND)) {
      neighbourDiscovery(NeighborMessage.SOLICITATION);
    }
    dhcp6(DhcpDatagram.CLIENT_PORT6, DhcpDatagram.SERVER_PORT6, accept, reject);
  }

  /** Accepts what may speak against the guest; the protocol is in the accumulator. */
  private void neighbours(Set<Want> wants) {
    Label ipv6 = new Label();
    if (wants.contains(Want.ADVERTISEMENT_IN)) {
      code.unless(IF_EQUAL, CookedFrame.IPV6, ipv6);
    }
    if (wants.contains(Want.ARP_REPLY_IN)) {
      code.require(IF_EQUAL, CookedFrame.ARP, reject)
          .add(LOAD_HALF, ARP_OPERATION)
          .unless(IF_EQUAL, ARP_REPLY, accept);
    }
    code.jump(reject).place(ipv6);
    neighbourDiscovery(NeighborMessage.ADVERTISEMENT);
    code.jump(reject);
  }

  /** Accepts ICMPv6 from a type of neighbour discovery on to the advertisement, goes on else. */
  private void neighbourDiscovery(int from) {
    Label other = new Label();
    code.add(LOAD_BYTE, IPV6_NEXT)
        .require(IF_EQUAL, NeighborMessage.ICMP, other)
        .add(LOAD_BYTE, Ipv6Packet.HEADER)
        .require(IF_NOT_LESS, from, other)
        .test(IF_GREATER, NeighborMessage.ADVERTISEMENT, other, accept)
        .place(other);
  }

  /** Tells whole IPv4 datagrams between two ports from other IPv4 packets. */
  private void dhcp4(int source, int destination, Label take, Label other) {
    code.add(LOAD_BYTE, 9)
        .require(IF_EQUAL, DhcpDatagram.UDP, other)
        .add(LOAD_HALF, 6)
        .unless(IF_ANY_BIT, 0x3fff, other)
        .add(LOAD_X_HEADER_LENGTH, 0)
        .add(LOAD_HALF_X, 0)
        .require(IF_EQUAL, source, other)
        .add(LOAD_HALF_X, 2)
        .test(IF_EQUAL, destination, take, other);
  }

  /** Tells IPv6 datagrams between two ports from other IPv6 packets; no client extends headers. */
  private void dhcp6(int source, int destination, Label take, Label other) {
    code.add(LOAD_BYTE, IPV6_NEXT)
        .require(IF_EQUAL, DhcpDatagram.UDP, other)
        .add(LOAD_HALF, Ipv6Packet.HEADER)
        .require(IF_EQUAL, source, other)
        .add(LOAD_HALF, Ipv6Packet.HEADER + 2)
        .test(IF_EQUAL, destination, take, other);
  }
}
