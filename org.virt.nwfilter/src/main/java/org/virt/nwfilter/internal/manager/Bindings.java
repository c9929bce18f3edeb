package org.virt.nwfilter.internal.manager;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.common.net.Link;
import org.virt.nwfilter.internal.manager.KeptLeases.Guest;
import org.virt.nwfilter.internal.manager.Techniques.Technique;
import org.virt.spi.nwfilter.PortRef;

/**
 * Begins and ends the protection of ports. What is asked for at the same time shares one look at
 * the interfaces and one commit. Of the loop.
 */
final class Bindings {
  static final Duration TECHNIQUE_GRACE = Duration.ofSeconds(2);
  private static final Logger LOG = LoggerFactory.getLogger(Bindings.class);

  private final Loop loop;
  private final Ports ports;
  private final Techniques techniques;
  private final PortLinks links;
  private final Learners learners;
  private final BindingStore store;
  private final Supplier<Planner> planner;

  private final List<Binding> asked = new ArrayList<>();
  private final List<Unbinding> unasked = new ArrayList<>();
  private final List<Port> gone = new ArrayList<>();

  Bindings(
      Loop loop,
      Ports ports,
      Techniques techniques,
      PortLinks links,
      Learners learners,
      BindingStore store,
      Supplier<Planner> planner) {
    this.loop = loop;
    this.ports = ports;
    this.techniques = techniques;
    this.links = links;
    this.learners = learners;
    this.store = store;
    this.planner = planner;
  }

  /** Has a port protected with all others of this turn; done when it is closed or in force. */
  void bind(FilterBinding binding, Guest guest, CompletableFuture<Void> done) {
    settleUnbindings();
    asked.add(new Binding(binding, guest, done));
  }

  /** Has the protection of a port ended with all others of this turn. */
  void unbind(PortId name, CompletableFuture<Void> done) {
    settleBindings();
    unasked.add(new Unbinding(name, done));
  }

  /**
   * A port is in another bridge: its leases are worth nothing in this one, nor later in that one.
   */
  void moved(Port port, Link link) {
    port.master = link.master();
    try {
      port.serve(LeaseHolder.of(port.binding, links.look(1).network(link)));
    } catch (VirtException e) {
      LOG.warn("look for the bridge of {}: {}", link.name(), e.getMessage());
      port.serve(LeaseHolder.NOBODY);
    }
    learners.addresses().changed();
  }

  /** The interface of a port is gone: so are its binding and, with this turn, its rules. */
  void gone(Port port) {
    LOG.info("port {}: its interface is gone", port.ref);
    learners.stop(port);
    forget(port, "gone");
    gone.add(port);
  }

  /** Does what was asked for since the last time. */
  void settle() {
    settleBindings();
    settleUnbindings();
    removeGone();
  }

  // --- binding -----------------------------------------------------------------------------------

  private void settleBindings() {
    if (asked.isEmpty()) {
      return;
    }
    List<Binding> now = List.copyOf(asked);
    asked.clear();
    PortLinks.Look look = links.look(now.size());
    for (Binding one : now) {
      try {
        begin(one, look);
      } catch (VirtException | RuntimeException | LinkageError e) {
        one.done.completeExceptionally(e);
      }
    }
  }

  private void begin(Binding asked, PortLinks.Look look) throws VirtException {
    FilterBinding binding = asked.binding;
    planner.get().check(binding);
    Link link = look.need(binding.port());
    if (!links.isReached(link)) {
      throw PortStates.unreached(link.name());
    }
    PortRef ref = new PortRef(link.name(), link.index(), binding.mac());
    // What can never be compiled is refused here; what the host refuses is kept and tried again.
    Port fresh = new Port(ref, binding);
    planner.get().tryOut(fresh);
    Optional<Port> before = ports.find(binding.port());
    Port port = before.filter(p -> p.ref.equals(ref)).orElse(fresh);
    before.ifPresent(old -> replace(old, port, asked.done));
    store.save(ref, binding);
    port.master = link.master();
    port.serve(LeaseHolder.of(binding, look.network(link)));
    if (port == fresh) {
      learners.addresses().giveBack(port, asked.guest, planner.get());
    }
    if (!port.given.equals(Set.copyOf(BindingControls.given(binding)))) {
      port.addressesIn = "";
    }
    port.bind(binding);
    port.reached = true;
    port.up = link.is(Link.Flag.UP);
    port.notice = "";
    port.waiters.add(asked.done);
    ports.put(port);
    ports.touch(port);
    if (techniques.active().isEmpty()) {
      loop.schedule(TECHNIQUE_GRACE, () -> giveUp(port));
    }
  }

  /** Binding again: the old binding is back when the new one cannot be applied. */
  private void replace(Port old, Port port, CompletableFuture<Void> done) {
    FilterBinding before = old.binding;
    LeaseHolder holder = old.holder;
    if (old != port) {
      learners.stop(old);
      if (old.ref.index() == port.ref.index()) {
        port.installed = old.installed;
        port.unread = old.unread;
        port.group = old.group;
        port.takenDown = old.takenDown;
        // Another guest: what the one before had learned is not its own.
        learners.addresses().dropAll(old);
      } else {
        gone(old);
      }
    } else {
      done.whenComplete(
          (ok, error) -> {
            if (error != null && ports.holds(port) && port.hasRules()) {
              port.bind(before);
              port.serve(holder);
              ports.noteAddresses(port);
              saveQuietly(port);
              ports.touch(port);
            }
          });
    }
  }

  private void saveQuietly(Port port) {
    try {
      store.save(port.ref, port.binding);
    } catch (VirtException e) {
      LOG.warn("port {}: {}", port.ref, e.getMessage());
    }
  }

  private void giveUp(Port port) {
    if (techniques.active().isEmpty()) {
      port.fail(
          new VirtException(
              ErrorCode.BUILD_FIREWALL, "protect " + port.ref + ": " + techniques.whyNone()));
    }
  }

  // --- the end -----------------------------------------------------------------------------------

  private void settleUnbindings() {
    if (unasked.isEmpty()) {
      return;
    }
    List<Unbinding> now = List.copyOf(unasked);
    unasked.clear();
    Map<Port, CompletableFuture<Void>> callers = new HashMap<>();
    for (Unbinding one : now) {
      Optional<Port> port = ports.find(one.port).filter(found -> !callers.containsKey(found));
      if (port.isEmpty()) {
        one.done.completeExceptionally(unbound(one.port));
      } else {
        learners.stop(port.get());
        callers.put(port.get(), one.done);
      }
    }
    Map<Port, VirtException> refused = removeRules(List.copyOf(callers.keySet()));
    List<Port> removed = callers.keySet().stream().filter(p -> !refused.containsKey(p)).toList();
    // Closed by its group until it has left it.
    refused.putAll(links.leave(removed));
    // As it was before it was protected: the next binding would not know that we took it down.
    links
        .up(removed.stream().filter(p -> p.takenDown && !refused.containsKey(p)).toList())
        .forEach((port, e) -> LOG.warn("port {}: {}", port.ref, e.getMessage()));
    callers.forEach((port, done) -> end(port, Optional.ofNullable(refused.get(port)), done));
  }

  static VirtException unbound(PortId name) {
    return new VirtException(ErrorCode.NO_NWFILTER_BINDING, "no filter is bound to " + name);
  }

  private void end(Port port, Optional<VirtException> refused, CompletableFuture<Void> done) {
    if (refused.isPresent()) {
      ports.touch(port);
      done.completeExceptionally(refused.get());
    } else {
      forget(port, "unbound");
      done.complete(null);
    }
  }

  /** Takes rules away, those of each technique at once; returns why those that stay do. */
  private Map<Port, VirtException> removeRules(List<Port> all) {
    Map<String, List<Port>> holders = new HashMap<>();
    for (Port port : all) {
      holders.computeIfAbsent(port.installed.technique(), name -> new ArrayList<>()).add(port);
    }
    Map<Port, VirtException> refused = new HashMap<>();
    holders.forEach(
        (name, held) ->
            techniques.find(name).ifPresent(holder -> removeRules(holder, held, refused)));
    return refused;
  }

  private static void removeRules(
      Technique holder, List<Port> held, Map<Port, VirtException> refused) {
    try {
      holder.service().remove(held.stream().map(port -> port.ref).toList());
      held.forEach(port -> port.installed = Port.Installed.NOTHING);
    } catch (VirtException | RuntimeException | Error e) {
      if (held.size() > 1) {
        held.forEach(port -> removeRules(holder, List.of(port), refused));
      } else {
        String action = "remove the rules of " + held.get(0).ref;
        refused.put(held.get(0), Committer.wrapped(action, e));
      }
    }
  }

  private void removeGone() {
    if (!gone.isEmpty()) {
      List<Port> now = List.copyOf(gone);
      gone.clear();
      removeRules(now).forEach((port, why) -> LOG.warn("port {}: {}", port.ref, why.getMessage()));
    }
  }

  private void forget(Port port, String reason) {
    store.delete(port.ref);
    learners.addresses().keep(port);
    ports.remove(port, reason);
    port.fail(
        new VirtException(
            ErrorCode.OPERATION_ABORTED,
            "protect " + port.ref + ": it is " + reason + " meanwhile"));
  }

  private record Binding(FilterBinding binding, Guest guest, CompletableFuture<Void> done) {}

  private record Unbinding(PortId port, CompletableFuture<Void> done) {}
}
