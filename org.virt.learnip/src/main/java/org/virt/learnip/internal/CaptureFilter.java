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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  private final BpfAssembler code = new BpfAssembler();
  private final int snapLength;
  private final Map<Kind, Label> kinds = new LinkedHashMap<>();
  private final Label reject = new Label();
  private final Label accept = new Label();

  private record Kind(Want want, boolean guestBehind) {}

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
    filter.code.add(LOAD_WORD, BpfInstruction.INTERFACE);
    filter.search(runs(watches));
    List<BpfInstruction> program = filter.finish();
    return program.size() <= MAX_INSTRUCTIONS ? program : ofAnyInterface(snapLength);
  }

  /** Makes the filter of all ARP and IPv4, for a host where the other is not taken. */
  static List<BpfInstruction> ofAnyInterface(int snapLength) {
    CaptureFilter filter = new CaptureFilter(snapLength);
    filter.guestsFrames(Want.EVERYTHING);
    return filter.finish();
  }

  private static List<Run> runs(List<Watch> watches) {
    List<Run> runs = new ArrayList<>();
    for (Watch watch : watches) {
      Kind kind = new Kind(watch.want(), watch.guestBehind());
      Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
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
    code.place(reject).add(RETURN, 0).place(accept).add(RETURN, snapLength);
    return code.program();
  }

  private void kind(Kind kind, Label here) {
    Label outgoing = new Label();
    code.place(here).add(LOAD_WORD, BpfInstruction.PACKET_TYPE);
    code.unless(IF_EQUAL, CookedFrame.OUTGOING, outgoing);
    frames(kind, !kind.guestBehind);
    code.place(outgoing);
    frames(kind, kind.guestBehind);
  }

  private void frames(Kind kind, boolean guests) {
    if (guests) {
      guestsFrames(kind.want);
    } else {
      code.add(LOAD_WORD, BpfInstruction.PROTOCOL);
      tagged();
      dhcp(DhcpDatagram.SERVER_PORT, DhcpDatagram.CLIENT_PORT);
    }
  }

  private void guestsFrames(Want want) {
    if (want == Want.REPLIES) {
      code.jump(reject);
      return;
    }
    code.add(LOAD_WORD, BpfInstruction.PROTOCOL);
    tagged();
    if (want == Want.EVERYTHING) {
      code.unless(IF_EQUAL, CookedFrame.ARP, accept)
          .test(IF_EQUAL, CookedFrame.IPV4, accept, reject);
    } else {
      dhcp(DhcpDatagram.CLIENT_PORT, DhcpDatagram.SERVER_PORT);
    }
  }

  /** Accepts what has a second 802.1Q tag: where its header begins is found out later. */
  private void tagged() {
    code.unless(IF_EQUAL, CookedFrame.VLAN, accept)
        .unless(IF_EQUAL, CookedFrame.SERVICE_VLAN, accept);
  }

  /** Accepts whole UDP datagrams between two ports; the protocol is in the accumulator. */
  private void dhcp(int source, int destination) {
    code.require(IF_EQUAL, CookedFrame.IPV4, reject)
        .add(LOAD_BYTE, 9)
        .require(IF_EQUAL, DhcpDatagram.UDP, reject)
        .add(LOAD_HALF, 6)
        .unless(IF_ANY_BIT, 0x3fff, reject)
        .add(LOAD_X_HEADER_LENGTH, 0)
        .add(LOAD_HALF_X, 0)
        .require(IF_EQUAL, source, reject)
        .add(LOAD_HALF_X, 2)
        .test(IF_EQUAL, destination, accept, reject);
  }
}
