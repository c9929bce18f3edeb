package org.virt.nwfilter.nftables.internal;

import java.util.ArrayList;
import java.util.List;
import org.virt.api.VirtException;
import org.virt.nwfilter.nftables.internal.TransportLayout.Part;

/** Writes what our tables consist of apart from the rules of ports. */
final class TableSetup {
  /** Of the tables that there may be. */
  private static final List<Integer> FAMILIES =
      List.of(Batch.BRIDGE, Batch.INET, Batch.ARP, Batch.IPV4, Batch.IPV6, Batch.NETDEV);

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
      batch.of(gate.family()).tableWithChains(flags, gate.chains());
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

  /** Returns the families of tables whose owner is gone. */
  static List<Integer> orphans(TableReader reader) throws VirtException {
    List<Integer> orphans = new ArrayList<>();
    for (int family : FAMILIES) {
      if (reader.table(family).filter(table -> table.owner() == 0).isPresent()) {
        orphans.add(family);
      }
    }
    return orphans;
  }

  /** Deletes everything that is there, to the last set. */
  static void delete(Batch batch, TableReader reader) throws VirtException {
    for (int family : FAMILIES) {
      if (reader.table(family).isPresent()) {
        batch.of(family).deleteTable(0);
      }
    }
  }
}
