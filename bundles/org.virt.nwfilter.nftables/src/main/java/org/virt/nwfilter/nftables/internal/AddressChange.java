package org.virt.nwfilter.nftables.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.virt.common.netlink.TableMessages;
import org.virt.nwfilter.nftables.internal.Batch.Element;
import org.virt.spi.nwfilter.AddressBinding;
import org.virt.spi.nwfilter.PortRef;

/** Addresses that are bound and dropped in one commit; each address at most once. */
final class AddressChange {
  private final Map<AddressBinding, Change> changes = new LinkedHashMap<>();

  private record Change(AddressBinding binding, boolean added) {}

  AddressChange(List<AddressBinding> added, List<AddressBinding> dropped) {
    dropped.forEach(binding -> changes.put(endless(binding), new Change(binding, false)));
    added.forEach(binding -> changes.put(endless(binding), new Change(binding, true)));
  }

  private static AddressBinding endless(AddressBinding binding) {
    PortRef port = binding.port();
    return new AddressBinding(port, binding.address(), Optional.empty());
  }

  /** Writes the changes of all sets. */
  void write(Batch batch, Inventory known) {
    for (PortSet set : TransportLayout.sets().values()) {
      if (set.timed()) {
        Commit.delete(batch, set, elements(set.name(), known::lookups, false));
        batch.elements(TableMessages.NEW_ELEMENTS, set, elements(set.name(), known::lookups, true));
      }
    }
  }

  private List<Element> elements(String set, IntFunction<Lookups> lookups, boolean added) {
    List<Element> elements = new ArrayList<>(changes.size());
    for (Change change : changes.values()) {
      AddressBinding binding = change.binding();
      Element key = PortElements.addresses(binding, lookups.apply(binding.port().index())).get(set);
      if (key != null && !added) {
        elements.add(key);
      } else if (key != null && change.added()) {
        elements.add(PortElements.timed(key, binding));
      }
    }
    return elements;
  }

  void record(Inventory inventory) {
    for (Change change : changes.values()) {
      int index = change.binding().port().index();
      PortElements.addresses(change.binding(), inventory.lookups(index))
          .forEach(
              (set, key) -> {
                if (change.added()) {
                  inventory.added(index, set, key);
                } else {
                  inventory.dropped(index, set, key);
                }
              });
    }
  }
}
