package org.virt.nwfilter.nftables.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.virt.nwfilter.nftables.internal.Batch.Element;
import org.virt.spi.nwfilter.AddressBinding;

/** Addresses that are bound and dropped in one commit; each address at most once. */
final class AddressChange {
  private final Map<Element, Change> changes = new LinkedHashMap<>();

  private record Change(AddressBinding binding, boolean added) {}

  AddressChange(List<AddressBinding> added, List<AddressBinding> dropped) {
    dropped.forEach(b -> changes.put(PortElements.address(b), new Change(b, false)));
    added.forEach(b -> changes.put(PortElements.address(b), new Change(b, true)));
  }

  /** Returns the keys of all elements of a set. */
  List<Element> all(String set) {
    List<Element> elements = new ArrayList<>(changes.size());
    changes.forEach(
        (key, change) -> {
          if (PortElements.set(change.binding()).equals(set)) {
            elements.add(key);
          }
        });
    return elements;
  }

  /** Returns the elements that are there afterwards, with their lifetimes. */
  List<Element> added(String set) {
    List<Element> elements = new ArrayList<>(changes.size());
    for (Change change : changes.values()) {
      if (change.added() && PortElements.set(change.binding()).equals(set)) {
        elements.add(PortElements.timed(change.binding()));
      }
    }
    return elements;
  }

  void record(Inventory inventory) {
    changes.forEach(
        (key, change) -> {
          int index = change.binding().port().index();
          if (change.added()) {
            inventory.added(index, PortElements.set(change.binding()), key);
          } else {
            inventory.dropped(index, PortElements.set(change.binding()), key);
          }
        });
  }
}
