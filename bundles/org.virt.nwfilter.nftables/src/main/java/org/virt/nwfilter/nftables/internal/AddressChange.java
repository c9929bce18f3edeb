package org.virt.nwfilter.nftables.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.virt.spi.nwfilter.AddressBinding;

/**
 * Addresses that are bound and dropped in one commit, as elements of the two sets; each address at
 * most once.
 */
final class AddressChange {
  /** Longer ones the kernel refuses to count. */
  private static final long MAX_MILLIS = Duration.ofDays(365 * 10L).toMillis();

  private final Map<Batch.Element, Change> changes = new LinkedHashMap<>();

  private record Change(int index, String set, Batch.Element element, boolean added) {}

  AddressChange(List<AddressBinding> added, List<AddressBinding> dropped) {
    dropped.forEach(binding -> add(binding, false));
    added.forEach(binding -> add(binding, true));
  }

  private void add(AddressBinding binding, boolean added) {
    byte[] address = binding.address().getAddress();
    byte[] key =
        ByteBuffer.allocate(Integer.BYTES + address.length)
            .order(ByteOrder.nativeOrder())
            .putInt(binding.port().index())
            .put(address)
            .array();
    long millis =
        binding.lifetime().map(d -> Math.max(1, Math.min(MAX_MILLIS, d.toMillis()))).orElse(0L);
    Batch.Element element = new Batch.Element(key, Verdict.NEXT, added ? millis : 0);
    String set = address.length == Integer.BYTES ? Layout.ADDRESSES4 : Layout.ADDRESSES6;
    changes.put(new Batch.Element(key), new Change(binding.port().index(), set, element, added));
  }

  /** Returns the keys of all elements of a set. */
  List<Batch.Element> all(String set) {
    return elements(change -> change.set().equals(set)).stream()
        .map(e -> new Batch.Element(e.key()))
        .toList();
  }

  /** Returns the elements that are there afterwards, with their lifetimes. */
  List<Batch.Element> added(String set) {
    return elements(change -> change.set().equals(set) && change.added());
  }

  void record(Inventory inventory) {
    for (Change change : changes.values()) {
      if (change.added()) {
        inventory.bound(change.index(), change.set(), new Batch.Element(change.element().key()));
      } else {
        inventory.dropped(change.index(), change.element());
      }
    }
  }

  private List<Batch.Element> elements(Predicate<Change> which) {
    Collection<Change> all = changes.values();
    List<Batch.Element> elements = new ArrayList<>(all.size());
    all.stream().filter(which).forEach(change -> elements.add(change.element()));
    return elements;
  }
}
