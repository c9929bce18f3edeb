package org.virt.nwfilter.nftables.internal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virt.nwfilter.nftables.internal.TransportLayout.Part;

/**
 * The transport rules of a program.
 *
 * @param path where untagged packets are judged; absent when there are no rules
 * @param entries by map, the chain that a port's element in it leads to
 * @param fromTypes EtherTypes of the packets from a guest that there are rules for
 * @param toTypes EtherTypes of the packets to a guest, likewise
 * @param limits sets that count connections, without elements at first
 */
record Transport(
    Optional<Part> path,
    Map<String, Code.Chain> entries,
    Set<Integer> fromTypes,
    Set<Integer> toTypes,
    List<PortSet> limits) {
  static final Transport NONE =
      new Transport(Optional.empty(), Map.of(), Set.of(), Set.of(), List.of());

  /** Says whether packets are judged by marks. */
  boolean isMarked() {
    return path.isPresent() && path.get() == Part.MARKED;
  }
}
