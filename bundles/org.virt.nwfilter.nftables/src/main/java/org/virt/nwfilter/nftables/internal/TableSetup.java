package org.virt.nwfilter.nftables.internal;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.nwfilter.nftables.internal.TransportLayout.Part;

/** Writes what our tables consist of apart from the rules of ports. */
final class TableSetup {
  /** Of the tables that are made when a port needs them. */
  private static final List<Integer> LATER_FAMILIES = List.of(Batch.IPV4, Batch.IPV6, Batch.NETDEV);

  private TableSetup() {}

  /**
   * Makes what is not there, and the first rules anew: an older version of this bundle may have had
   * others.
   */
  static void write(Batch batch, int flags) {
    batch.newTable(flags, 0);
    batch.sets(Layout.SETS);
    batch.sets(Layout.OTHER_SETS);
    batch.tableWithChains(flags, Layout.CHAINS);
    for (Layout.Gate gate : Layout.GATES) {
      new Batch(batch.writer(), Layout.TABLE, gate.family()).tableWithChains(flags, gate.chains());
    }
  }

  static void write(Batch batch, int flags, Part part) {
    if (part == Part.MARKED) {
      TransportLayout.IP_FAMILIES.forEach(family -> batch.of(family).newTable(flags, 0));
    } else if (part == Part.DIRECT) {
      batch.of(Batch.NETDEV).newTable(flags, 0);
      batch.sets(DirectLayout.OTHER_SETS);
    }
    batch.sets(part.sets());
    batch.tableWithChains(flags, part.chains(Batch.BRIDGE));
    if (part == Part.MARKED) {
      for (int family : TransportLayout.IP_FAMILIES) {
        batch.of(family).tableWithChains(flags, part.chains(family));
      }
    }
  }

  /** Gives the tables that are there, but for the bridge's, their flags and so their owner. */
  static void own(Batch batch, int flags, TableReader reader) throws VirtException {
    for (Layout.Gate gate : Layout.GATES) {
      new Batch(batch.writer(), Layout.TABLE, gate.family()).newTable(flags, 0);
    }
    for (int family : LATER_FAMILIES) {
      if (reader.table(family).isPresent()) {
        batch.of(family).newTable(flags, 0);
      }
    }
  }

  /** Deletes everything that is there, to the last set. */
  static void delete(Batch batch, TableReader reader) throws VirtException {
    Set<Integer> families = new LinkedHashSet<>(List.of(Batch.BRIDGE));
    Layout.GATES.forEach(gate -> families.add(gate.family()));
    families.addAll(LATER_FAMILIES);
    for (int family : families) {
      if (reader.table(family).isPresent()) {
        new Batch(batch.writer(), Layout.TABLE, family).deleteTable(0);
      }
    }
  }
}
