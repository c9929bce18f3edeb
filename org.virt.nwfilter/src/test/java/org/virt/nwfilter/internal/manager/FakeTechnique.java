package org.virt.nwfilter.internal.manager;

import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.virt.api.ErrorCode;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.spi.nwfilter.AddressBinding;
import org.virt.spi.nwfilter.ChangeNotice;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.InstalledProgram;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.TechniqueProbe;

/** A technique whose kernel is a map; it outlives the technique when it is handed on. */
final class FakeTechnique implements FilterTechnique, ChangeNotice {
  final Kernel kernel;
  final AtomicInteger tries = new AtomicInteger();
  final AtomicInteger commits = new AtomicInteger();
  final Set<String> failing = ConcurrentHashMap.newKeySet();
  volatile boolean usable = true;
  volatile boolean bindFails;
  volatile boolean lookups = true;

  /** Thrown by the step that it is for. */
  volatile Throwable prepareFails;

  volatile Throwable commitFails;

  /** Closed, it holds commits up; each that is held is counted. */
  volatile CountDownLatch gate = new CountDownLatch(0);

  /** The same for commits that follow a refused one. */
  volatile CountDownLatch second = new CountDownLatch(0);

  private volatile boolean refused;

  final AtomicInteger held = new AtomicInteger();
  final AtomicInteger refusedBinds = new AtomicInteger();

  /** Who is told of changes. */
  volatile ChangeNotice.Listener watcher;

  FakeTechnique(Kernel kernel) {
    this.kernel = kernel;
  }

  @Override
  public Subscription watch(ChangeNotice.Listener listener) {
    watcher = listener;
    return () -> watcher = null;
  }

  /** Somebody else removes everything. */
  void flush() {
    kernel.programs.clear();
    kernel.addresses.clear();
  }

  @Override
  public TechniqueProbe probe() {
    return new TechniqueProbe(usable, lookups, List.of("a map"));
  }

  @Override
  public Prepared prepare(long generation, List<PortProgram> programs) throws VirtException {
    tries.incrementAndGet();
    raise(prepareFails);
    return new Prepared() {
      @Override
      public String text() {
        return programs.toString();
      }

      @Override
      public void commit() throws VirtException {
        pass(refused ? second : gate);
        raise(commitFails);
        for (PortProgram program : programs) {
          if (failing.contains(program.port().id().name())) {
            refused = true;
            throw new VirtException(ErrorCode.BUILD_FIREWALL, "the kernel says no");
          }
        }
        commits.incrementAndGet();
        for (PortProgram program : programs) {
          kernel.programs.put(program.port().index(), new Held(program, generation));
          kernel.addresses.remove(program.port().index());
          program.addresses().forEach(a -> kernel.bindings(a.port().index()).put(a.address(), a));
        }
      }

      @Override
      public void discard() {}
    };
  }

  private void pass(CountDownLatch latch) {
    try {
      if (latch.getCount() > 0) {
        held.incrementAndGet();
      }
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void raise(Throwable failure) throws VirtException {
    if (failure instanceof VirtException known) {
      throw known;
    } else if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    } else if (failure instanceof Error error) {
      throw error;
    }
  }

  @Override
  public void remove(Collection<PortRef> ports) {
    ports.forEach(
        port -> {
          kernel.programs.remove(port.index());
          kernel.addresses.remove(port.index());
        });
  }

  @Override
  public void bind(List<AddressBinding> added, List<AddressBinding> dropped) throws VirtException {
    if (bindFails) {
      refusedBinds.incrementAndGet();
      throw new VirtException(ErrorCode.BUILD_FIREWALL, "the kernel says no");
    }
    dropped.forEach(b -> kernel.bindings(b.port().index()).remove(b.address()));
    added.forEach(b -> kernel.bindings(b.port().index()).put(b.address(), b));
  }

  @Override
  public List<InstalledProgram> list() {
    return kernel.programs.values().stream()
        .map(
            held ->
                new InstalledProgram(
                    held.program.port(),
                    held.generation,
                    held.program.program().digest(),
                    List.copyOf(kernel.bindings(held.program.port().index()).values())))
        .toList();
  }

  record Held(PortProgram program, long generation) {}

  static final class Kernel {
    final Map<Integer, Held> programs = new ConcurrentHashMap<>();
    final Map<Integer, Map<InetAddress, AddressBinding>> addresses = new ConcurrentHashMap<>();

    Map<InetAddress, AddressBinding> bindings(int index) {
      return addresses.computeIfAbsent(index, i -> new ConcurrentHashMap<>());
    }

    Set<InetAddress> of(int index) {
      return bindings(index).keySet();
    }

    private static String decides(PortProgram port) {
      return port.program() + " " + port.addresses();
    }

    boolean uses(int index, String word) {
      Held held = programs.get(index);
      return held != null && decides(held.program).contains(word);
    }
  }
}
