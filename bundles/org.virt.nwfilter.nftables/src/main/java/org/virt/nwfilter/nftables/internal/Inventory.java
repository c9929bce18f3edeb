package org.virt.nwfilter.nftables.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.nwfilter.nftables.internal.Batch.Element;

/**
 * What the kernel has of ours, as far as it was read or committed by this process. For one thread
 * at a time.
 */
final class Inventory {
  private final Map<String, Group> groups = new HashMap<>();
  private final Map<Integer, Entry> ports = new HashMap<>();

  /** Chains that belong together, and the ports that they are entered for. */
  private static final class Group {
    private final Set<String> chains = new LinkedHashSet<>();
    private final Set<Integer> users = new HashSet<>();
  }

  /** What there is of one port. */
  private static final class Entry {
    private String group = "";

    /** By set or map, the keys of the port's elements. */
    private final Map<String, Set<Element>> elements = new HashMap<>();

    private Set<Element> of(String set) {
      return elements.computeIfAbsent(set, s -> new HashSet<>());
    }
  }

  /** Reads what there is. */
  static Inventory read(TableReader reader) throws VirtException {
    Inventory inventory = new Inventory();
    for (String chain : reader.chains()) {
      if (!Layout.isFirst(chain)) {
        inventory.group(nameOf(chain)).chains.add(chain);
      }
    }
    for (String set : Layout.ELEMENTS) {
      for (TableReader.Found found : reader.elements(set)) {
        Entry entry = inventory.entry(found.index());
        entry.of(set).add(new Element(found.key()));
        if (set.equals(Layout.FROM_PORT)) {
          entry.group = nameOf(found.chain());
          inventory.group(entry.group).users.add(found.index());
        }
      }
    }
    return inventory;
  }

  private static String nameOf(String chain) {
    int end = chain.indexOf('-');
    return end < 0 ? chain : chain.substring(0, end);
  }

  private Group group(String name) {
    return groups.computeIfAbsent(name, n -> new Group());
  }

  private Entry entry(int index) {
    return ports.computeIfAbsent(index, i -> new Entry());
  }

  /** Says whether the chains of a group are there. */
  boolean hasChains(String group) {
    return groups.containsKey(group);
  }

  /** Returns the group of a port's chains; empty for a port without. */
  String groupOf(int index) {
    return ports.containsKey(index) ? ports.get(index).group : "";
  }

  /** Returns how many ports a group's chains are entered for. */
  int usersOf(String group) {
    return groups.containsKey(group) ? groups.get(group).users.size() : 0;
  }

  /** Says whether a chain belongs to a group. */
  static boolean isOf(String chain, String group) {
    return nameOf(chain).equals(group);
  }

  /** Returns the keys that ports have in a set or map. */
  List<Element> elements(String set, Collection<Integer> indexes) {
    List<Element> all = new ArrayList<>(indexes.size());
    for (int index : indexes) {
      Entry entry = ports.get(index);
      if (entry != null) {
        all.addAll(entry.elements.getOrDefault(set, Set.of()));
      }
    }
    return all;
  }

  /**
   * Returns the chains that nobody needs any more.
   *
   * @param without ports that will have none of those that they have
   * @param instead the groups that ports will have then
   */
  Set<String> unused(Set<Integer> without, Set<String> instead) {
    Set<String> unused = new LinkedHashSet<>();
    groups.forEach(
        (name, group) -> {
          if (!instead.contains(name)
              && group.users.size() <= without.size()
              && without.containsAll(group.users)) {
            unused.addAll(group.chains);
          }
        });
    return unused;
  }

  void added(int index, String set, Element key) {
    entry(index).of(set).add(key);
  }

  void dropped(int index, String set, Element key) {
    entry(index).of(set).remove(key);
  }

  /** Notes a port's commit, but for its addresses. */
  void installed(Code.Port port) {
    removed(port.index());
    Entry entry = entry(port.index());
    entry.group = port.rules().group();
    for (String map : Layout.MAPS) {
      entry.of(map).add(PortElements.entry(port.index()));
    }
    Element mac = PortElements.mac(port.label().port());
    entry.of(Layout.MACS).add(mac);
    entry.of(Layout.RAW_MACS).add(mac);
    Group group = group(entry.group);
    group.users.add(port.index());
    port.rules().chains().forEach(chain -> group.chains.add(chain.name()));
  }

  void removed(int index) {
    Entry entry = ports.remove(index);
    if (entry != null && groups.containsKey(entry.group)) {
      groups.get(entry.group).users.remove(index);
    }
  }

  /** Notes that chains are gone. */
  void deleted(Set<String> names) {
    groups.values().removeIf(group -> group.users.isEmpty() && names.containsAll(group.chains));
  }
}
