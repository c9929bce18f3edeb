package org.virt.spi.nwfilter;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
   * A rule. Its fields are those of the frame as it stands: what a filter says for one direction is
   * already turned round for the other.
   *
   * <p>A VLAN tag hides nothing and opens nothing: a rule about ARP, RARP, IP, IPv6 or what they
   * carry that accepts means frames without a tag, and so does one that returns, but in chains
   * {@linkplain Program#chainsOfOneProtocol of one protocol}; all other rules and jumps about these
   * look behind tags, too, transport rules whatever the connection.
   *
   * @param action what is done with a frame that matches; among transport rules {@code RETURN} is
   *     as {@code ACCEPT}
   * @param protocol what the matches are about
   * @param matches all of them hold; empty for every frame of the protocol
   * @param connection for transport rules, what the packet is to its connection
   * @param origin where the rule was written: {@code filter no-ip-spoofing, rule 2}
   */
  record Rule(
      Action action, Protocol protocol, List<Match> matches, Connection connection, String origin)
      implements Step {
    public Rule {
      Objects.requireNonNull(action, "action");
      Objects.requireNonNull(protocol, "protocol");
      Objects.requireNonNull(connection, "connection");
      Objects.requireNonNull(origin, "origin");
      matches = List.copyOf(matches);
    }
  }

  /**
   * What a packet is to its connection.
   *
   * @param states one of these; empty for any
   * @param way which way; absent for both
   */
  record Connection(Set<State> states, Optional<Way> way) {
    /** Connections are not looked at. */
    public static final Connection ANY = new Connection(Set.of(), Optional.empty());

    public Connection {
      states = Set.copyOf(states);
      Objects.requireNonNull(way, "way");
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

  /** States of a connection, as the kernel tracks them. */
  enum State {
    NEW,
    ESTABLISHED,
    RELATED,
    INVALID
  }

  /** Which way a packet goes in its connection: as the first one, or back. */
  enum Way {
    ORIGINAL,
    REPLY
  }
}
