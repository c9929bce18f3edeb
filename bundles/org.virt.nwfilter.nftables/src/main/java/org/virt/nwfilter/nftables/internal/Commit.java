package org.virt.nwfilter.nftables.internal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.virt.nwfilter.nftables.internal.Batch.Element;
import org.virt.spi.nwfilter.AddressBinding;

/** The programs and addresses of some ports, which take the place of what these have. */
final class Commit {
  private final List<Code.Port> ports;
  private final Set<Integer> indexes = new HashSet<>();
  private final AddressChange addresses;
  private ChainWriter chains;
  private Set<String> unused = Set.of();

  Commit(List<Code.Port> ports) {
    this.ports = ports;
    List<AddressBinding> all = new ArrayList<>();
    for (Code.Port port : ports) {
      indexes.add(port.index());
      all.addAll(port.addresses());
    }
    addresses = new AddressChange(all, List.of());
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
    for (String set : Layout.ELEMENTS) {
      delete(batch, set, known.elements(set, indexes));
    }
    List<Element> macs = ports.stream().map(p -> PortElements.mac(p.label().port())).toList();
    batch.elements(Batch.NEW_ELEMENTS, Layout.MACS, macs);
    batch.elements(Batch.NEW_ELEMENTS, Layout.RAW_MACS, macs);
    for (String set : Layout.ADDRESSES) {
      batch.elements(Batch.NEW_ELEMENTS, set, addresses.added(set));
    }
    map(batch, Layout.FROM_PORT, Code.Rules::outgoing);
    map(batch, Layout.TO_PORT, Code.Rules::incoming);
    unused = known.unused(indexes, groups.keySet());
    deleteChains(batch, unused);
  }

  private void map(Batch batch, String map, Function<Code.Rules, List<Code.Chain>> way) {
    List<Element> elements = new ArrayList<>(ports.size());
    for (Code.Port port : ports) {
      elements.add(PortElements.entry(port, way.apply(port.rules()).get(0)));
    }
    batch.elements(Batch.NEW_ELEMENTS, map, elements);
  }

  /**
   * Deletes elements. One with an end may be gone already: adding it does nothing when it is there,
   * and then it is there for sure.
   */
  static void delete(Batch batch, String set, List<Element> elements) {
    if (Layout.ADDRESSES.contains(set)) {
      batch.elements(Batch.NEW_ELEMENTS, set, elements);
    }
    batch.elements(Batch.DELETE_ELEMENTS, set, elements);
  }

  /** Deletes chains that nothing but each other leads to. */
  static void deleteChains(Batch batch, Set<String> chains) {
    // Rules first: while one jumps to a chain it cannot be deleted.
    chains.forEach(batch::flushChain);
    chains.forEach(batch::deleteChain);
  }

  /** Notes what the kernel has now. */
  void record(Inventory inventory) {
    ports.forEach(inventory::installed);
    addresses.record(inventory);
    inventory.deleted(unused);
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
