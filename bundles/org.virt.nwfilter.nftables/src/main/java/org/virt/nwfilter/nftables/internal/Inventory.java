package org.virt.nwfilter.nftables.internal;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.spi.nwfilter.AddressBinding;
import org.virt.spi.nwfilter.InstalledProgram;
import org.virt.spi.nwfilter.PortRef;

/**
 * What the kernel has of ours, as far as it was read or committed by this process. For one thread
 * at a time.
 */
final class Inventory {
  private final Map<Integer, Set<String>> chains = new HashMap<>();
  private final Set<Integer> from = new HashSet<>();
  private final Set<Integer> to = new HashSet<>();
  private final Map<Integer, Map<Batch.Element, String>> addresses = new HashMap<>();

  /** Reads what there is. */
  static Inventory read(TableReader reader) throws VirtException {
    Inventory inventory = new Inventory();
    for (String chain : reader.chains().keySet()) {
      Label.index(chain).ifPresent(index -> inventory.chainsOf(index).add(chain));
    }
    reader.elements(Layout.FROM_PORT).forEach(element -> inventory.from.add(element.index()));
    reader.elements(Layout.TO_PORT).forEach(element -> inventory.to.add(element.index()));
    for (String set : Layout.ADDRESSES) {
      for (TableReader.Found found : reader.elements(set)) {
        inventory.bound(found.index(), set, new Batch.Element(found.key()));
      }
    }
    return inventory;
  }

  /** Returns the programs that are entered from both maps, with their addresses. */
  static List<InstalledProgram> programs(TableReader reader) throws VirtException {
    Map<String, String> comments = reader.chains();
    Map<Integer, String> incoming = new HashMap<>();
    reader
        .elements(Layout.TO_PORT)
        .forEach(element -> incoming.put(element.index(), element.chain()));
    List<TableReader.Found> addresses = new ArrayList<>(reader.elements(Layout.ADDRESSES4));
    addresses.addAll(reader.elements(Layout.ADDRESSES6));
    Map<Integer, List<TableReader.Found>> byPort = new HashMap<>();
    addresses.forEach(
        found -> byPort.computeIfAbsent(found.index(), i -> new ArrayList<>()).add(found));
    List<InstalledProgram> programs = new ArrayList<>();
    for (TableReader.Found element : reader.elements(Layout.FROM_PORT)) {
      String out = element.chain();
      String in = incoming.getOrDefault(element.index(), "");
      Optional<Label> label = Label.read(out, comments.getOrDefault(out, ""));
      if (label.isPresent() && label.equals(Label.read(in, comments.getOrDefault(in, "")))) {
        programs.add(program(label.get(), byPort.getOrDefault(element.index(), List.of())));
      }
    }
    return programs;
  }

  private static InstalledProgram program(Label label, List<TableReader.Found> found) {
    List<AddressBinding> bindings =
        found.stream().map(address -> binding(label.port(), address)).toList();
    return new InstalledProgram(label.port(), label.generation(), label.digest(), bindings);
  }

  private static AddressBinding binding(PortRef port, TableReader.Found found) {
    try {
      byte[] address = Arrays.copyOfRange(found.key(), Integer.BYTES, found.key().length);
      return new AddressBinding(
          port, InetAddress.getByAddress(address), found.millis().map(Duration::ofMillis));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the chains of a port. */
  Set<String> chainsOf(int index) {
    return chains.computeIfAbsent(index, i -> new HashSet<>());
  }

  boolean isMapped(String map, int index) {
    return (map.equals(Layout.FROM_PORT) ? from : to).contains(index);
  }

  /** Returns the elements of a set that are bound to a port. */
  List<Batch.Element> addressesOf(int index, String set) {
    List<Batch.Element> elements = new ArrayList<>();
    addresses
        .getOrDefault(index, Map.of())
        .forEach(
            (element, itsSet) ->
                elements.addAll(itsSet.equals(set) ? List.of(element) : List.of()));
    return elements;
  }

  void bound(int index, String set, Batch.Element element) {
    addresses.computeIfAbsent(index, i -> new HashMap<>()).put(element, set);
  }

  void dropped(int index, Batch.Element element) {
    addresses.getOrDefault(index, new HashMap<>()).remove(element);
  }

  void installed(Code.Program program) {
    int index = program.port().index();
    Set<String> names = new HashSet<>();
    program.outgoing().forEach(chain -> names.add(chain.name()));
    program.incoming().forEach(chain -> names.add(chain.name()));
    chains.put(index, names);
    from.add(index);
    to.add(index);
    addresses.remove(index);
  }

  void removed(int index) {
    chains.remove(index);
    from.remove(index);
    to.remove(index);
    addresses.remove(index);
  }
}
