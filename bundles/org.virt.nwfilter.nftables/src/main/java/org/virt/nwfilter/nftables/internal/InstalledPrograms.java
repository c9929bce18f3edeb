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
import java.util.stream.Collectors;
import org.virt.api.VirtException;
import org.virt.spi.nwfilter.AddressBinding;
import org.virt.spi.nwfilter.InstalledProgram;
import org.virt.spi.nwfilter.PortRef;

/** Reads which ports have a program, and which addresses. */
final class InstalledPrograms {
  private InstalledPrograms() {}

  /** Returns the programs that are entered both ways and have their port's MAC address. */
  static List<InstalledProgram> read(TableReader reader) throws VirtException {
    List<InstalledProgram> programs = new ArrayList<>(read(reader, BRIDGED, torn(reader)));
    Set<Integer> unhooked = new HashSet<>();
    Set<String> chains = Set.copyOf(reader.chains(Batch.NETDEV));
    for (TableReader.Found element : elements(reader, DirectLayout.FROM)) {
      boolean hooked =
          chains.contains(DirectLayout.name(DirectLayout.FROM, element.index()))
              && chains.contains(DirectLayout.name(DirectLayout.TO, element.index()));
      if (!hooked) {
        unhooked.add(element.index());
      }
    }
    programs.addAll(read(reader, DIRECT, unhooked));
    return programs;
  }

  /** The sets and maps of one kind of ports. */
  private record Names(String from, String to, String macs, List<String> addresses) {}

  private static final Names BRIDGED =
      new Names(
          Layout.FROM_PORT,
          Layout.TO_PORT,
          Layout.MACS,
          List.of(Layout.ADDRESSES4, Layout.ADDRESSES6));

  private static final Names DIRECT =
      new Names(
          DirectLayout.FROM,
          DirectLayout.TO,
          DirectLayout.MACS,
          List.of(DirectLayout.ADDRESSES4, DirectLayout.ADDRESSES6));

  private static List<InstalledProgram> read(TableReader reader, Names names, Set<Integer> torn)
      throws VirtException {
    Set<Integer> incoming = indexes(reader, names.to);
    Set<Batch.Element> macs = new HashSet<>();
    elements(reader, names.macs).forEach(e -> macs.add(new Batch.Element(e.key())));
    Map<Integer, List<TableReader.Found>> addresses = new HashMap<>();
    for (String set : names.addresses) {
      for (TableReader.Found found : elements(reader, set)) {
        addresses.computeIfAbsent(found.index(), i -> new ArrayList<>()).add(found);
      }
    }
    List<InstalledProgram> programs = new ArrayList<>();
    for (TableReader.Found element : deciding(reader, names)) {
      Optional<Label> label =
          Label.read(element.index(), element.comment())
              .filter(found -> incoming.contains(element.index()))
              .filter(found -> !torn.contains(element.index()))
              .filter(
                  found -> macs.contains(PortElements.mac(element.index(), found.port().mac())));
      if (label.isPresent()) {
        programs.add(program(label.get(), addresses.getOrDefault(element.index(), List.of())));
      }
    }
    return programs;
  }

  /** Returns the elements that lead to the programs of ports, without those behind others. */
  private static List<TableReader.Found> deciding(TableReader reader, Names names)
      throws VirtException {
    if (names.equals(DIRECT)) {
      return elements(reader, names.from);
    }
    Set<Integer> before = indexes(reader, Layout.BEFORE_TO);
    List<TableReader.Found> deciding = new ArrayList<>();
    for (TableReader.Found element : elements(reader, Layout.BEFORE_FROM)) {
      // One that is there one way only is none: its port is committed anew.
      if (!before.add(element.index())) {
        deciding.add(element);
      }
    }
    for (TableReader.Found element : elements(reader, names.from)) {
      if (!before.contains(element.index())) {
        deciding.add(element);
      }
    }
    return deciding;
  }

  private static Set<Integer> indexes(TableReader reader, String set) throws VirtException {
    return elements(reader, set).stream()
        .map(TableReader.Found::index)
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static List<TableReader.Found> elements(TableReader reader, String set)
      throws VirtException {
    return reader.elements(TransportLayout.sets().get(set));
  }

  /**
   * Returns the ports whose rules one table has and another has not: the packets that these have to
   * judge are dropped.
   */
  private static Set<Integer> torn(TableReader reader) throws VirtException {
    Set<Integer> judged = new HashSet<>();
    elements(reader, TransportLayout.JUDGED_FROM).forEach(e -> judged.add(e.index()));
    elements(reader, TransportLayout.JUDGED_TO).forEach(e -> judged.add(e.index()));
    Set<Integer> known = new HashSet<>(judged);
    for (boolean ipv4 : new boolean[] {true, false}) {
      Set<Integer> valid = new HashSet<>();
      elements(reader, TransportLayout.named(TransportLayout.GENERATIONS, ipv4))
          .forEach(e -> valid.add(e.index()));
      known.retainAll(valid);
    }
    judged.removeAll(known);
    return judged;
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
}
