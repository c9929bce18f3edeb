package org.virt.spi.nwfilter;

import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What a chain of a port program does next. */
public sealed interface Step {
  /**
   * Goes through another chain of the same program and direction, and comes back.
   *
   * @param chain name of that chain
   * @param protocol only frames of this protocol do; {@link Protocol#MAC} for all frames
   */
  record Jump(String chain, Protocol protocol) implements Step {
    public Jump {
      Objects.requireNonNull(chain, "chain");
      Objects.requireNonNull(protocol, "protocol");
    }
  }

  /**
   * A rule. In a chain of frames its fields are those of the frame as it stands: an {@code inout}
   * rule is written for frames towards the guest (as libvirt takes it) and already turned round for
   * those that the guest sends. In {@link PortProgram#transport()} they are as written, and the
   * technique turns them round.
   *
   * <p>A VLAN tag hides nothing and opens nothing: in a chain of frames, a rule about ARP, RARP, IP
   * or IPv6 that accepts means frames without a tag; all other rules and jumps about these look
   * behind tags, too.
   *
   * @param action what is done with a frame that matches
   * @param direction which way; {@code INOUT} in transport rules only
   * @param protocol what the matches are about
   * @param matches all of them hold; empty for every frame of the protocol
   * @param states for transport rules, connection states; empty for libvirt's usual stateful rule
   * @param origin where the rule was written: {@code filter no-ip-spoofing, rule 2}
   */
  record Rule(
      Action action,
      Direction direction,
      Protocol protocol,
      List<Match> matches,
      Set<State> states,
      String origin)
      implements Step {
    public Rule {
      Objects.requireNonNull(action, "action");
      Objects.requireNonNull(direction, "direction");
      Objects.requireNonNull(protocol, "protocol");
      Objects.requireNonNull(origin, "origin");
      matches = List.copyOf(matches);
      states = Set.copyOf(states);
    }
  }

  /** What a rule does. */
  enum Action {
    /** The frame passes this port. */
    ACCEPT,
    /** The frame is gone. */
    DROP,
    /** The frame is gone and its sender is told. */
    REJECT,
    /**
     * The chain ends and the one that jumped goes on; the first chain's end lets the frame pass.
     */
    RETURN,
    /** Nothing: the next step is looked at. */
    CONTINUE
  }

  /** Which way a frame goes, seen from the guest. */
  enum Direction {
    IN,
    OUT,
    INOUT
  }

  /**
   * Connection states of a transport rule; {@code NONE} for one that does not look at connections.
   */
  enum State {
    NONE,
    NEW,
    ESTABLISHED,
    RELATED,
    INVALID
  }
}
