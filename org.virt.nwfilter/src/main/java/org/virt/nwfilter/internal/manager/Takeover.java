package org.virt.nwfilter.internal.manager;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.PortStatus.Enforcement;
import org.virt.nwfilter.internal.manager.Techniques.Technique;
import org.virt.spi.nwfilter.AddressBinding;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.InstalledProgram;
import org.virt.spi.nwfilter.PortRef;

/** Takes over what a technique that comes has in the kernel, and orphans what one leaves. */
final class Takeover {
  private static final Logger LOG = LoggerFactory.getLogger(Takeover.class);

  private final Engine engine;
  private final Ports ports;
  private final Techniques techniques;

  Takeover(Engine engine) {
    this.engine = engine;
    ports = engine.ports;
    techniques = engine.techniques;
  }

  /** A technique has come, for the first time or again. */
  void added(String name, int ranking, FilterTechnique service) {
    techniques.add(name, ranking, service);
    Optional<Technique> usable = techniques.find(name).filter(t -> t.probe().usable());
    engine.outsideChanges.watch();
    usable.ifPresent(this::read);
    usable.ifPresent(engine.outsideChanges::watchIfItHasRules);
  }

  /** Compares what ports should have from a technique with what the kernel has of it. */
  void read(Technique technique) {
    try {
      adopt(technique);
    } catch (VirtException | RuntimeException | Error e) {
      LOG.warn("read what {} has in the kernel: {}", technique.name(), e.toString());
    }
  }

  private void adopt(Technique technique) throws VirtException {
    List<InstalledProgram> there = technique.service().list();
    for (Port port : ports.all()) {
      if (port.installed.technique().equals(technique.name())) {
        port.installed = Port.Installed.NOTHING;
        port.addressesIn = "";
      }
    }
    List<AddressBinding> stale = new ArrayList<>();
    List<PortRef> unbound = new ArrayList<>();
    for (InstalledProgram program : there) {
      engine.committer.seen(program.generation());
      Optional<Port> bound = ports.find(program.port().index());
      if (bound.isPresent() && isHeldByAnother(bound.get(), technique)) {
        // What it had when it left; the rules that decide now have come since.
        unbound.add(program.port());
      } else if (bound.isPresent()) {
        stale.addAll(adopt(technique, bound.get(), program));
      } else {
        unbound.add(program.port());
      }
    }
    if (!techniques.isAwaited()) {
      ports.all().forEach(port -> port.unread = false);
    }
    if (!stale.isEmpty()) {
      technique.service().bind(List.of(), stale);
    }
    if (!unbound.isEmpty() && engine.isLoaded()) {
      LOG.info("{}: rules of {} are removed, no port needs them", technique.name(), unbound);
      technique.service().remove(unbound);
    }
  }

  private boolean isHeldByAnother(Port port, Technique technique) {
    String holder = port.installed.technique();
    return !holder.isEmpty()
        && !holder.equals(technique.name())
        && techniques.find(holder).isPresent();
  }

  /** Takes over a port's program; returns the addresses that its guest has lost meanwhile. */
  private List<AddressBinding> adopt(Technique technique, Port port, InstalledProgram program) {
    port.installed =
        new Port.Installed(
            technique.name(), program.generation(), program.digest(), program.port().mac());
    Set<InetAddress> wanted = new HashSet<>(BindingControls.given(port.binding));
    if (port.unread) {
      // After a restart the kernel knows best: the file may be a second old.
      engine
          .learners
          .addresses()
          .recover(
              port,
              program.addresses().stream().filter(a -> !wanted.contains(a.address())).toList());
    }
    wanted.addAll(port.learned.keySet());
    Set<InetAddress> found = new HashSet<>();
    program.addresses().forEach(address -> found.add(address.address()));
    port.addressesIn = found.containsAll(wanted) ? technique.name() : "";
    return program.addresses().stream().filter(a -> !wanted.contains(a.address())).toList();
  }

  /** A technique has left; its rules stay in the kernel. */
  void removed(FilterTechnique service) {
    engine.outsideChanges.unwatch(service);
    Optional<Technique> gone = techniques.remove(service);
    if (gone.isEmpty() || techniques.find(gone.get().name()).isPresent()) {
      return;
    }
    String name = gone.get().name();
    for (Port port : ports.all()) {
      if (port.installed.technique().equals(name)) {
        port.enforcement = Enforcement.ORPHANED;
        port.reason = "the technique " + name + " has left, its rules decide";
        ports.publish(port);
      }
    }
    if (techniques.isAwaited()) {
      expect(name);
    }
  }

  /** Another technique takes over when this one does not come in time: it may be updated. */
  void expect(String name) {
    int patience = techniques.await(name);
    engine.loop.schedule(Bindings.TECHNIQUE_GRACE, () -> giveUp(patience));
  }

  private void giveUp(int patience) {
    if (engine.mover.isRunning()) {
      // Another technique takes over already.
      engine.loop.schedule(Bindings.TECHNIQUE_GRACE, () -> giveUp(patience));
    } else {
      techniques.giveUpWaiting(patience);
      ports.all().forEach(ports::touch);
    }
  }

  /**
   * Finds a technique that can be chosen.
   *
   * @throws VirtException {@code INVALID_ARG} for one that is not installed, {@code
   *     OPERATION_UNSUPPORTED} for one that cannot work here
   */
  Technique usable(String name) throws VirtException {
    Optional<Technique> technique = techniques.find(name);
    if (technique.isEmpty()) {
      throw new VirtException(
          ErrorCode.INVALID_ARG, "choose technique " + name + ": it is not installed");
    }
    if (!technique.get().probe().usable()) {
      throw new VirtException(
          ErrorCode.OPERATION_UNSUPPORTED,
          "choose technique " + name + ": " + String.join("; ", technique.get().probe().details()));
    }
    return technique.get();
  }
}
