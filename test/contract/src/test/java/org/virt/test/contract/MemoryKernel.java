package org.virt.test.contract;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.spi.nwfilter.AddressBinding;
import org.virt.spi.nwfilter.InstalledProgram;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Program.Chain;

/** A bridge, its ports and their rules in memory, which outlive every technique. */
final class MemoryKernel implements FrameLab {
  private static final PortRef UPLINK = new PortRef(new PortId("uplink"), 1, Packets.B);
  private static final PortRef HOST = new PortRef(new PortId("bridge"), 2, Packets.B);
  private static final long NEVER = Long.MAX_VALUE;

  private final Map<Integer, Entry> programs = new TreeMap<>();
  private final Map<Integer, Map<InetAddress, Long>> addresses = new HashMap<>();
  private int lastIndex = 2;

  private record Entry(PortProgram program, long generation) {}

  @Override
  public synchronized PortRef plug(String name) {
    lastIndex++;
    return new PortRef(new PortId(name), lastIndex, new MacAddress(lastIndex));
  }

  @Override
  public void unplug(PortRef port) {}

  @Override
  public PortRef uplink() {
    return UPLINK;
  }

  @Override
  public PortRef host() {
    return HOST;
  }

  @Override
  public synchronized boolean passes(PortRef from, byte[] frame, PortRef to) {
    return passes(from, frame, entry -> entry.program().program().outgoing())
        && passes(to, frame, entry -> entry.program().program().incoming());
  }

  private boolean passes(PortRef port, byte[] frame, Function<Entry, List<Chain>> way) {
    Entry entry = programs.get(port.index());
    return port.equals(UPLINK)
        || port.equals(HOST)
        || entry != null
            && Interpreter.passes(
                way.apply(entry),
                frame,
                entry.program().port().mac(),
                bound(port.index()).keySet());
  }

  synchronized void commit(long generation, List<PortProgram> added) {
    for (PortProgram program : added) {
      programs.put(program.port().index(), new Entry(program, generation));
      bound(program.port().index()).clear();
      bind(program.addresses(), List.of());
    }
  }

  synchronized void remove(Iterable<PortRef> ports) {
    for (PortRef port : ports) {
      programs.remove(port.index());
      addresses.remove(port.index());
    }
  }

  synchronized void bind(List<AddressBinding> added, List<AddressBinding> dropped) {
    long now = System.nanoTime();
    dropped.forEach(a -> bound(a.port().index()).remove(a.address()));
    for (AddressBinding a : added) {
      long end = a.lifetime().map(left -> now + left.toNanos()).orElse(NEVER);
      bound(a.port().index()).put(a.address(), end);
    }
  }

  synchronized List<InstalledProgram> list() {
    List<InstalledProgram> list = new ArrayList<>();
    for (Entry entry : programs.values()) {
      PortRef port = entry.program().port();
      List<AddressBinding> bound = new ArrayList<>();
      bound(port.index()).forEach((a, end) -> bound.add(new AddressBinding(port, a, left(end))));
      list.add(
          new InstalledProgram(
              port, entry.generation(), entry.program().program().digest(), bound));
    }
    return list;
  }

  private static Optional<Duration> left(long end) {
    return end == NEVER ? Optional.empty() : Optional.of(Duration.ofNanos(end - System.nanoTime()));
  }

  /** Returns the addresses of a port that have not ended. */
  private Map<InetAddress, Long> bound(int index) {
    Map<InetAddress, Long> bound = addresses.computeIfAbsent(index, i -> new HashMap<>());
    long now = System.nanoTime();
    bound.values().removeIf(end -> end != NEVER && end - now <= 0);
    return bound;
  }

  @Override
  public String foreignRules() {
    return "none can be made here";
  }

  @Override
  public void close() {}
}
