package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.framework.Constants;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.FilterListener;
import org.virt.api.nwfilter.FilterReference;
import org.virt.api.nwfilter.PortStatus;
import org.virt.api.nwfilter.PortStatus.Enforcement;
import org.virt.common.net.Link;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.PortProgram;
import org.virt.spi.nwfilter.PortRef;
import org.virt.spi.nwfilter.Program;
import org.virt.test.contract.FolderState;
import org.virt.test.host.lab.Endpoint;
import org.virt.test.host.lab.Frames;
import org.virt.test.host.lab.Lab;

/** A guest whose port a manager of its own protects, and what is told of that. */
final class PortLab {
  static final String GATEWAY = "192.0.2.1";
  static final String ADDRESS = "192.0.2.9";
  static final String FOREIGN = "192.0.2.66";

  final Lab lab;
  final NetworkFilterManager manager;
  final List<PortStatus> told = new CopyOnWriteArrayList<>();
  private final Plug plug;
  private volatile Endpoint guest;

  /** Joins a guest to the lab. */
  @FunctionalInterface
  private interface Plug {
    Endpoint plug(Lab lab) throws VirtException, IOException;
  }

  private PortLab(Lab lab, Path home, Plug plug) throws VirtException, IOException {
    this.lab = lab;
    this.plug = plug;
    guest = plug.plug(lab);
    manager = new NetworkFilterManager(new FolderState(home));
    manager.start();
    manager.subscribe(
        new FilterListener() {
          @Override
          public void portChanged(PortStatus status) {
            told.add(status);
          }
        });
  }

  private static PortLab open(Path home, Plug plug) throws VirtException, IOException {
    Lab lab = Lab.open();
    try {
      return new PortLab(lab, home, plug);
    } catch (VirtException | IOException | RuntimeException | Error e) {
      lab.close();
      throw e;
    }
  }

  /** Has a guest at a port of the bridge; no technique is there yet. */
  static PortLab open(Path home) throws VirtException, IOException {
    return open(home, lab -> lab.plug("vnet0"));
  }

  /** Has a guest at a macvtap; no technique is there yet. */
  static PortLab openDirect(Path home) throws VirtException, IOException {
    return open(home, lab -> lab.plugDirect("mvt0", 0));
  }

  Endpoint guest() {
    return guest;
  }

  void add(String name, FilterTechnique technique, int ranking) {
    manager.addTechnique(
        technique, Map.of(FilterTechnique.NAME, name, Constants.SERVICE_RANKING, ranking));
  }

  /** Binds the guest's port to clean-traffic, with its address. */
  void bind() throws VirtException {
    bind("clean-traffic");
  }

  /** Binds the guest's port to a filter, with its address. */
  void bind(String filter) throws VirtException {
    manager.bind(
        new FilterBinding(
            new FilterBinding.Owner("vm", UUID.randomUUID()),
            guest.id(),
            Optional.empty(),
            guest.mac(),
            new FilterReference(filter, Map.of("IP", List.of(ADDRESS)))));
  }

  /** Removes the guest's interface and makes it again under its name. */
  void replug() throws VirtException, IOException {
    lab.unplug(guest);
    Lab.await("its binding is gone", () -> manager.bindings().isEmpty());
    guest = plug.plug(lab);
  }

  /** Says whether a packet from an address gets out. */
  boolean leaves(String source) {
    try {
      return lab.leaves(guest, Frames.udp(guest.mac(), Frames.BROADCAST, source, GATEWAY));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  void assertFiltered() {
    assertTrue(isUp());
    Lab.await("the bridge forwards", () -> leaves(ADDRESS));
    assertFalse(leaves(FOREIGN));
  }

  boolean isUp() {
    try {
      return lab.links().find(guest.id()).orElseThrow().is(Link.Flag.UP);
    } catch (VirtException e) {
      throw new IllegalStateException(e);
    }
  }

  PortStatus status() {
    return manager.status().get(0);
  }

  void await(Enforcement enforcement) {
    Lab.await(enforcement + ", not " + manager.status(), () -> isNow(enforcement));
  }

  private boolean isNow(Enforcement enforcement) {
    return manager.status().stream().anyMatch(status -> status.enforcement() == enforcement);
  }

  /** Waits until a technique has the port in force. */
  void awaitInForce(String technique) {
    Lab.await(
        "in force with " + technique + ", not " + manager.status(),
        () -> isNow(Enforcement.IN_FORCE) && status().technique().equals(technique));
  }

  boolean isTold(Enforcement enforcement) {
    return told.stream().anyMatch(status -> status.enforcement() == enforcement);
  }

  /** Waits until what somebody does to the rules of a port in force is undone, and told. */
  void awaitRepair(String who, Change change) throws VirtException {
    Lab.await("it is told that it is bound", () -> isTold(Enforcement.IN_FORCE));
    told.clear();
    change.make();
    Lab.await(
        "it is in force again, not " + manager.status(),
        () -> isNow(Enforcement.IN_FORCE) && status().reason().contains(who));
    List<Enforcement> wanted = List.of(Enforcement.CLOSED, Enforcement.IN_FORCE);
    Lab.await(
        "it is told, not " + told,
        () -> told.stream().map(PortStatus::enforcement).toList().equals(wanted));
  }

  /** What somebody else does. */
  @FunctionalInterface
  interface Change {
    void make() throws VirtException;
  }

  /** Has another technique hold the kernel's tables, as another process would. */
  void holdTables(FilterTechnique other) throws VirtException {
    PortRef another = new PortRef(lab.uplink().id(), lab.uplink().port().index(), guest.mac());
    other.prepare(1, List.of(new PortProgram(another, new Program(List.of(), List.of())))).commit();
    other.remove(List.of(another));
  }

  /** Ends it all; what others of the kernel's hold of techniques must be let go before. */
  void close(Runnable... techniques) throws VirtException {
    try {
      for (FilterBinding binding : manager.bindings()) {
        manager.unbind(binding.port());
      }
    } finally {
      manager.stop();
      for (Runnable technique : techniques) {
        technique.run();
      }
      lab.close();
    }
  }
}
