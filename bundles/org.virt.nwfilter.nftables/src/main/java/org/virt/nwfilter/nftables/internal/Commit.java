package org.virt.nwfilter.nftables.internal;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.virt.nwfilter.nftables.internal.Batch.Element;
import org.virt.nwfilter.nftables.internal.Inventory.Name;
import org.virt.nwfilter.nftables.internal.Inventory.Unused;
import org.virt.nwfilter.nftables.internal.TransportLayout.Part;

/** The programs and addresses of some ports, which take the place of what these have. */
final class Commit {
  private final List<Code.Port> ports;
  private final Set<Integer> indexes = new HashSet<>();
  private final Map<Code.Port, Map<String, List<Element>>> elements = new LinkedHashMap<>();
  private ChainWriter chains;
  private Unused unused = Unused.NOTHING;
  private List<String> ofNobody = List.of();

  Commit(List<Code.Port> ports) {
    this.ports = ports;
    for (Code.Port port : ports) {
      indexes.add(port.index());
      elements.put(port, PortElements.of(port));
    }
  }

  /** Returns what the tables must have for these programs. */
  Set<Part> parts() {
    Set<Part> parts = EnumSet.noneOf(Part.class);
    for (Code.Port port : ports) {
      Transport transport = port.rules().transport();
      transport.path().ifPresent(parts::add);
      if (port.rules().isDirect()) {
        parts.add(Part.DIRECT);
      }
      if (transport.entries().containsKey(TransportLayout.TAGGED_FROM)
          || transport.entries().containsKey(TransportLayout.TAGGED_TO)) {
        parts.add(Part.TAGGED);
      }
    }
    return parts;
  }

  void write(Batch batch, Inventory known) {
    Map<String, Code.Port> groups = new LinkedHashMap<>();
    ports.forEach(port -> groups.putIfAbsent(port.rules().group(), port));
    chains = new ChainWriter(batch);
    groups.forEach(
        (group, port) -> {
          if (!known.hasChains(group)) {
            chains.add(port.rules(), port.label().port().id().name());
          }
        });
    for (PortSet set : TransportLayout.sets().values()) {
      delete(batch, set, known.elements(set.name(), indexes));
    }
    for (PortSet set : TransportLayout.sets().values()) {
      List<Element> all = new ArrayList<>(ports.size());
      elements.values().forEach(sets -> all.addAll(sets.getOrDefault(set.name(), List.of())));
      batch.elements(Batch.NEW_ELEMENTS, set, all);
    }
    ofNobody = known.idleFirstChains().stream().filter(Reach::isGone).toList();
    deleteFirst(batch, ofNobody);
    ports.forEach(port -> firstChains(batch, known, port));
    unused = known.unused(indexes, groups.keySet());
    delete(batch, unused);
  }

  /**
   * Deletes first chains of devices. One whose device is gone belongs to the next device of that
   * name (Linux 6.16), and would close it.
   */
  static void deleteFirst(Batch batch, List<String> chains) {
    for (String chain : chains) {
      batch.of(Batch.NETDEV).flushChain(chain);
      batch.of(Batch.NETDEV).deleteChain(chain);
    }
  }

  private static void firstChains(Batch batch, Inventory known, Code.Port port) {
    for (Layout.Base base : port.firstChains()) {
      if (!known.hasFirstChain(base.name())) {
        batch.of(Batch.NETDEV).deviceChain(base, port.label().port().id().name());
      }
    }
  }

  /**
   * Deletes elements. One with an end may be gone already: adding it does nothing when it is there,
   * and then it is there for sure.
   */
  static void delete(Batch batch, PortSet set, List<Element> elements) {
    if (set.timed()) {
      batch.elements(Batch.NEW_ELEMENTS, set, elements);
    }
    batch.elements(Batch.DELETE_ELEMENTS, set, elements);
  }

  /** Deletes chains and sets that nothing but each other leads to. */
  static void delete(Batch batch, Unused unused) {
    // Rules first: while one jumps to a chain or knows a set these cannot be deleted.
    for (Name chain : unused.chains()) {
      batch.of(chain.family()).flushChain(chain.name());
    }
    for (Name chain : unused.chains()) {
      batch.of(chain.family()).deleteChain(chain.name());
    }
    for (Name set : unused.sets()) {
      batch.of(set.family()).deleteSet(set.name());
    }
  }

  /** Notes what the kernel has now. */
  void record(Inventory inventory) {
    elements.forEach(inventory::installed);
    inventory.deleted(unused);
    inventory.firstChainsDeleted(ofNobody);
  }

  /** Returns the port and rule that a message was about, or all ports when it is about no rule. */
  String origin(int sequence) {
    String rule = chains.origin(sequence);
    if (!rule.isEmpty()) {
      return rule;
    }
    List<String> names = ports.stream().map(port -> port.label().port().id().name()).toList();
    return names.size() == 1
        ? "port " + names.get(0)
        : names.size() + " ports (" + String.join(" ", names) + ")";
  }
}
