package org.virt.nwfilter.nftables.internal;

import java.util.List;
import java.util.Set;
import org.virt.nwfilter.nftables.internal.Condition.Compare;
import org.virt.nwfilter.nftables.internal.Condition.SetMark;
import org.virt.spi.nwfilter.Step;

/**
 * What the mark of a packet says between the tables of two families. Four kinds: a packet that
 * still has to be judged carries its port and the generation of the rules that sent it on its way;
 * a packet that was judged and may pass carries one bit; what the host itself sends carries what it
 * is to its connection, for the bridge cannot know; all other packets have none of these bits.
 */
final class Marks {
  /** The packet has to be judged; 7 bits of generation and 24 of interface index follow. */
  static final int PENDING = 0x8000_0000;

  /** What is left of such a mark when the generation was right: all of the port. */
  static final int PORT = 0x80ff_ffff;

  /** The packet was judged and may pass. */
  static final int PASSED = 0x4000_0000;

  /** The host sends it; the next five bits say what it is to its connection. */
  static final int HOST = 0x2000_0000;

  /** The host sends it as an error about a packet; no connection has all these states. */
  static final int ERROR = 0x2f00_0000;

  /** The largest interface index that fits. */
  static final int LARGEST_INDEX = 0x00ff_ffff;

  private static final int KIND = PENDING | PASSED;
  private static final int OURS = 0xff00_0000;
  private static final int REPLY = 0x1000_0000;
  private static final int GENERATION_BITS = 7;
  private static final int INDEX_BITS = 24;
  private static final int HOST_KIND = KIND | HOST;

  private Marks() {}

  /** Returns the mark of a port's packets that have to be judged. */
  static int pending(int index, long generation) {
    return (int) (generation & (1 << GENERATION_BITS) - 1) << INDEX_BITS | port(index);
  }

  /** Returns the same without generation. */
  static int port(int index) {
    return PENDING | index;
  }

  /** Says which packets were not judged, or may not pass. */
  static Condition notPassed() {
    return bits(KIND, PASSED, true);
  }

  static Condition passed() {
    return bits(KIND, PASSED, false);
  }

  /** Takes the bit away again; other bits may be somebody else's. */
  static Condition clearPassed() {
    return new SetMark(~PASSED, 0);
  }

  static Condition fromHost() {
    return bits(HOST_KIND, HOST, false);
  }

  static Condition clearHost() {
    return new SetMark(~OURS, 0);
  }

  static Condition isError() {
    return bits(OURS, ERROR, false);
  }

  /** Notes that the host sends it, and what it is to its connection. */
  static Condition note(Step.State state) {
    return new SetMark(~OURS, HOST | bit(state));
  }

  static Condition noteReply() {
    return new SetMark(-1, REPLY);
  }

  /** Says which packets of the host have one of these states. */
  static Condition states(Set<Step.State> states) {
    int all = 0;
    for (Step.State state : states) {
      all |= bit(state);
    }
    return bits(all, 0, true);
  }

  /** Says which packets of the host go one way. */
  static List<Condition> way(Step.Way way) {
    return way == Step.Way.REPLY
        ? List.of(bits(REPLY, 0, true))
        : List.of(bits(HOST | REPLY, HOST, false));
  }

  private static int bit(Step.State state) {
    return 0x0100_0000 << state.ordinal();
  }

  private static Condition bits(int mask, int value, boolean negated) {
    return Compare.masked(Subjects.MARK, HostOrder.bytes(mask), HostOrder.bytes(value))
        .negatedIf(negated);
  }
}
