package org.virt.nwfilter.nftables.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.virt.common.netlink.TableMessages;
import org.virt.nwfilter.nftables.internal.Batch.Element;
import org.virt.nwfilter.nftables.internal.Inventory.Name;
import org.virt.nwfilter.nftables.internal.Inventory.Unused;
import org.virt.nwfilter.nftables.internal.TransportLayout.Part;

/** The programs and addresses of some ports, which take the place of what these have. */
final class Commit {
  private final List<Code.Port> ports;
  private final Set<Integer> indexes = new HashSet<>();
  private final List<Change> changes = new ArrayList<>();
  private ChainWriter chains;
  private Unused unused = Unused.NOTHING;
  private List<String> ofNobody = List.of();

  /**
   * What is written of a port.
   *
   * @param elements by set, those that it gets
   * @param advances whether its program is in the kernel already, as its next one
   */
  private record Change(Code.Port port, Map<String, List<Element>> elements, boolean advances) {}

  Commit(List<Code.Port> ports) {
    this.ports = ports;
    ports.forEach(port -> indexes.add(port.index()));
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

  /** Says whether rules are needed that are not there yet. */
  boolean lacksChains(Inventory known) {
    for (Code.Port port : ports) {
      for (Code.Rules rules : port.allRules()) {
        if (!known.hasChains(rules.group())) {
          return true;
        }
      }
    }
    return false;
  }

  /** Makes the chains that are not there yet; nothing leads to them. */
  void writeChains(Batch batch, Inventory known) {
    chains(batch, known);
  }

  /**
   * Notes that the kernel has the chains; what nothing will lead to is deleted with a later commit.
   */
  void recordChains(Inventory inventory) {
    ports.forEach(port -> port.allRules().forEach(inventory::made));
  }

  void write(Batch batch, Inventory known) {
    changes.clear();
    Set<Integer> changing = new HashSet<>();
    for (Code.Port port : ports) {
      boolean advances = known.isNext(port);
      changes.add(
          new Change(
              port, advances ? PortElements.addressesOf(port) : PortElements.of(port), advances));
      if (!advances) {
        changing.add(port.index());
      }
    }
    Set<String> groups = chains(batch, known);
    elements(batch, known, changing);
    List<String> idle = known.idleFirstChains();
    ofNobody = idle.isEmpty() ? idle : idle.stream().filter(Reach::isGone).toList();
    deleteFirst(batch, ofNobody);
    for (Code.Port port : ports) {
      firstChains(batch, known, port);
    }
    unused = known.unused(indexes, groups);
    delete(batch, unused);
  }

  private void elements(Batch batch, Inventory known, Set<Integer> changing) {
    Collection<PortSet> sets =
        changing.isEmpty() ? TransportLayout.changingWithNext() : TransportLayout.sets().values();
    for (PortSet set : sets) {
      delete(batch, set, known.elements(set.name(), set.changesWithNext() ? indexes : changing));
    }
    for (PortSet set : sets) {
      List<Element> added = new ArrayList<>(ports.size());
      for (Change change : changes) {
        added.addAll(change.elements.getOrDefault(set.name(), List.of()));
      }
      batch.elements(TableMessages.NEW_ELEMENTS, set, added);
    }
  }

  /** Makes the chains that are not there yet; returns the groups that are needed. */
  private Set<String> chains(Batch batch, Inventory known) {
    Set<String> groups = new HashSet<>();
    chains = new ChainWriter(batch);
    for (Code.Port port : ports) {
      for (Code.Rules rules : port.allRules()) {
        if (groups.add(rules.group()) && !known.hasChains(rules.group())) {
          chains.add(rules, port.label().port().id().name());
        }
      }
    }
    return groups;
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
      batch.elements(TableMessages.NEW_ELEMENTS, set, elements);
    }
    batch.elements(TableMessages.DELETE_ELEMENTS, set, elements);
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
    for (Change change : changes) {
      if (change.advances) {
        inventory.advanced(change.port, change.elements);
      } else {
        inventory.installed(change.port, change.elements);
      }
    }
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
