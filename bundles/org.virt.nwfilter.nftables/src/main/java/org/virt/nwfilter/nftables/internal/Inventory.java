package org.virt.nwfilter.nftables.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.nwfilter.nftables.internal.Batch.Element;

/**
 * What the kernel has of ours, as far as it was read or committed by this process. For one thread
 * at a time.
 */
final class Inventory {
  /** Families of the tables that programs have chains in. */
  static final List<Integer> FAMILIES = List.of(Batch.BRIDGE, Batch.IPV4, Batch.IPV6, Batch.NETDEV);

  private final Map<String, Group> groups = new HashMap<>();

  /** Names of first chains that belong to one device each. */
  private final Set<String> firstChains = new HashSet<>();

  private final Map<Integer, Entry> ports = new HashMap<>();

  /**
   * A chain or set.
   *
   * @param family of the table that it is in
   */
  record Name(int family, String name) {}

  /** Chains and sets that belong together, and the ports that they are entered for. */
  private static final class Group {
    private final Set<Name> chains = new LinkedHashSet<>();
    private final Set<Name> sets = new LinkedHashSet<>();
    private final Set<Integer> users = new HashSet<>();
  }

  /**
   * What nobody needs any more.
   *
   * @param groups names of groups
   * @param chains their chains
   * @param sets their sets
   */
  record Unused(Set<String> groups, Set<Name> chains, Set<Name> sets) {
    static final Unused NOTHING = new Unused(Set.of(), Set.of(), Set.of());
  }

  /** What there is of one port. */
  private static final class Entry {
    private String group = "";

    /** The group that is entered behind it, and what is said of that program. */
    private String nextGroup = "";

    private Optional<Label> next = Optional.empty();

    /** By set or map, the keys of the port's elements. */
    private final Map<String, Set<Element>> elements = new HashMap<>();

    private Set<Element> of(String set) {
      return elements.computeIfAbsent(set, s -> new HashSet<>());
    }
  }

  /** Reads what there is. */
  static Inventory read(TableReader reader) throws VirtException {
    Inventory inventory = new Inventory();
    for (int family : FAMILIES) {
      for (String chain : reader.chains(family)) {
        nameOf(chain).ifPresent(g -> inventory.group(g).chains.add(new Name(family, chain)));
        if (family == Batch.NETDEV && chain.startsWith(DirectLayout.PREFIX)) {
          inventory.firstChains.add(chain);
        }
      }
      for (String set : reader.sets(family)) {
        nameOf(set).ifPresent(g -> inventory.group(g).sets.add(new Name(family, set)));
      }
    }
    for (PortSet set : TransportLayout.sets().values()) {
      for (TableReader.Found found : reader.elements(set)) {
        Entry entry = inventory.entry(found.index());
        entry.of(set.name()).add(new Element(found.key()));
        inventory.enter(entry, set.name(), found);
      }
    }
    return inventory;
  }

  /** Takes note of the program that an element leads to; that before another one is read later. */
  private void enter(Entry entry, String map, TableReader.Found found) {
    boolean before = map.equals(Layout.BEFORE_FROM);
    if (!before && !map.equals(Layout.FROM_PORT) && !map.equals(DirectLayout.FROM)) {
      return;
    }
    if (before) {
      entry.nextGroup = entry.group;
    } else {
      entry.next = Label.read(found.index(), found.comment());
    }
    entry.group = nameOf(found.chain()).orElse("");
    group(entry.group).users.add(found.index());
  }

  /** Returns the group of a chain or set; absent for those that no program has. */
  private static Optional<String> nameOf(String name) {
    int end = name.indexOf('-');
    return end < 0 ? Optional.empty() : Optional.of(name.substring(0, end));
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

  /** Says whether a port's program is in the kernel, behind the one that it has. */
  boolean isNext(Code.Port port) {
    Entry entry = ports.get(port.index());
    return entry != null
        && port.next().isEmpty()
        && entry.nextGroup.equals(port.rules().group())
        && entry.next.filter(label -> label.isOfSame(port.label())).isPresent();
  }

  /** Says whether a chain belongs to a group. */
  static boolean isOf(String chain, String group) {
    return nameOf(chain).filter(group::equals).isPresent();
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

  /** Returns where the lookups for a port are. */
  Lookups lookups(int index) {
    Entry entry = ports.get(index);
    if (entry == null) {
      return Lookups.FRAMES;
    }
    if (!entry.of(DirectLayout.FROM).isEmpty()) {
      return Lookups.DIRECT;
    }
    boolean marked =
        !entry.of(TransportLayout.MARK_FROM).isEmpty()
            || !entry.of(TransportLayout.MARK_TO).isEmpty();
    return marked ? Lookups.FRAMES_AND_MARKS : Lookups.FRAMES;
  }

  /** Says whether a port is in no bridge. */
  boolean isDirect(int index) {
    return lookups(index) == Lookups.DIRECT;
  }

  /** Says whether a device has a first chain. */
  boolean hasFirstChain(String name) {
    return firstChains.contains(name);
  }

  /**
   * Returns first chains of devices that have no program: they close the device while it is in the
   * group, so those of ports that lose theirs stay until the next time.
   */
  List<String> idleFirstChains() {
    if (firstChains.isEmpty()) {
      return List.of(); // without macvtaps, at each commit
    }
    return firstChains.stream().filter(chain -> !isDirect(DirectLayout.index(chain))).toList();
  }

  void firstChainsDeleted(List<String> chains) {
    chains.forEach(firstChains::remove);
  }

  /**
   * Returns what nobody needs any more.
   *
   * @param without ports that will have none of those that they have
   * @param instead the groups that ports will have then
   */
  Unused unused(Set<Integer> without, Set<String> instead) {
    Unused unused = new Unused(new LinkedHashSet<>(), new LinkedHashSet<>(), new LinkedHashSet<>());
    groups.forEach(
        (name, group) -> {
          if (!instead.contains(name)
              && group.users.size() <= without.size()
              && without.containsAll(group.users)) {
            unused.groups().add(name);
            unused.chains().addAll(group.chains);
            unused.sets().addAll(group.sets);
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

  /** Notes a port's commit. */
  void installed(Code.Port port, Map<String, List<Element>> elements) {
    removed(port.index());
    Entry entry = entry(port.index());
    entry.group = port.rules().group();
    entry.nextGroup = port.next().map(next -> next.rules().group()).orElse("");
    entry.next = port.next().map(Code.Next::label);
    elements.forEach((set, list) -> list.forEach(e -> entry.of(set).add(e.bare())));
    port.firstChains().forEach(base -> firstChains.add(base.name()));
    port.allRules().forEach(rules -> use(port.index(), rules));
  }

  private void use(int index, Code.Rules rules) {
    made(rules);
    group(rules.group()).users.add(index);
  }

  /** Notes that the chains of a program are there. */
  void made(Code.Rules rules) {
    Group group = group(rules.group());
    for (Code.Chain chain : rules.chains()) {
      group.chains.add(new Name(chain.family(), chain.name()));
    }
    for (PortSet limit : rules.transport().limits()) {
      group.sets.add(new Name(limit.family(), limit.name()));
    }
  }

  /** Notes that a port has the program that was behind the one that it had. */
  void advanced(Code.Port port, Map<String, List<Element>> addresses) {
    Entry entry = entry(port.index());
    group(entry.group).users.remove(port.index());
    entry.group = entry.nextGroup;
    entry.nextGroup = "";
    entry.next = Optional.empty();
    TransportLayout.changingWithNext().forEach(set -> entry.elements.remove(set.name()));
    addresses.forEach((set, list) -> list.forEach(e -> entry.of(set).add(e.bare())));
  }

  void removed(int index) {
    Entry entry = ports.remove(index);
    if (entry != null) {
      for (String group : List.of(entry.group, entry.nextGroup)) {
        Optional.ofNullable(groups.get(group)).ifPresent(known -> known.users.remove(index));
      }
    }
  }

  /** Notes that something is gone. */
  void deleted(Unused unused) {
    groups.keySet().removeAll(unused.groups());
  }
}
