package org.virt.nwfilter.internal.manager;

import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.StateDirectory;
import org.virt.api.Subscription;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.LearningReport;
import org.virt.api.nwfilter.PortStatus.Enforcement;
import org.virt.common.net.Link;
import org.virt.common.net.LinkListener;
import org.virt.common.net.Links;
import org.virt.nwfilter.internal.compile.Definitions;
import org.virt.nwfilter.internal.manager.Techniques.Technique;
import org.virt.spi.learnip.AddressLearner;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.PortRef;

/**
 * The manager's state and what changes it. All methods but the constructor, {@link #start} and
 * {@link #close} are tasks of the {@link Loop}.
 */
final class Engine implements AutoCloseable {
  static final Duration TECHNIQUE_GRACE = Duration.ofSeconds(2);
  private static final Duration WRITE_ADDRESSES_AFTER = Duration.ofSeconds(1);
  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

  final Loop loop = new Loop("virt-nwfilter-commit", this::settle);
  final Events events = new Events();
  final Ports ports = new Ports(events);
  final CompletableFuture<Void> loaded = new CompletableFuture<>();
  final FilterStore filterStore;
  final Techniques techniques;
  final Enforcer enforcer;
  final PortLinks links;

  private final BindingStore bindingStore;
  private final Learners learners;
  private final Takeover takeover;
  private final LinkGrace linkGrace;
  private Optional<Subscription> watch = Optional.empty();
  private Optional<WarmUp> warmUp = Optional.empty();
  private boolean addressesChanged;

  /** Published for readers; changed on the loop's thread. */
  volatile Definitions definitions = Definitions.of(List.of());

  Engine(StateDirectory state, Callable<Links> linksOpener, Clock clock) throws VirtException {
    filterStore = new FilterStore(state);
    bindingStore = new BindingStore(state);
    techniques = new Techniques(filterStore.technique());
    links = new PortLinks(linksOpener);
    learners =
        new Learners(
            loop,
            ports,
            techniques,
            new AddressEvents(events, clock),
            clock,
            this::addressesChanged);
    enforcer = new Enforcer(loop, ports, techniques, links, learners, clock);
    takeover = new Takeover(loop, ports, techniques, enforcer, learners, this::isLoaded);
    linkGrace = new LinkGrace(loop, LinkGrace.GRACE, this::linkLost);
    loop.execute(this::load);
  }

  void start() {
    loop.start();
  }

  private boolean isLoaded() {
    return loaded.isDone() && !loaded.isCompletedExceptionally();
  }

  private void settle() {
    enforcer.settle(definitions);
  }

  // --- what was there before ---------------------------------------------------------------------

  private void load() {
    try {
      definitions = filterStore.load();
      for (BindingStore.Stored stored : bindingStore.load()) {
        recover(stored);
      }
      // By then a technique has come, or what is not surely protected goes down.
      loop.schedule(TECHNIQUE_GRACE, () -> ports.all().forEach(port -> port.dirty = true));
      loaded.complete(null);
    } catch (VirtException | RuntimeException e) {
      LOG.error("the filter manager cannot read its state", e);
      loaded.completeExceptionally(e);
    }
    try {
      watchLinks();
    } catch (VirtException e) {
      LOG.warn("interfaces are not watched: {}", e.getMessage());
    }
  }

  private void recover(BindingStore.Stored stored) throws VirtException {
    PortRef ref = new PortRef(stored.port(), stored.index(), stored.binding().mac());
    Optional<Link> link = links.find(stored.port()).filter(l -> l.index() == stored.index());
    if (link.isEmpty()) {
      LOG.info("port {}: gone while no runtime was there", ref);
      bindingStore.delete(ref);
      return;
    }
    Port port = new Port(ref, stored.binding());
    port.grouped = link.get().group() == FilterTechnique.PORT_GROUP;
    port.unread = port.grouped;
    port.bridged = links.isBridgePort(link.get());
    // Until a technique says what the kernel has, the port is not touched.
    port.dirty = false;
    port.enforcement = Enforcement.ORPHANED;
    port.reason = "not yet compared with what the kernel has";
    bindingStore.addresses(ref).forEach(address -> learners.recover(port, address));
    ports.put(port);
    ports.publish(port);
    linkGrace.seen(port, link.get());
  }

  // --- techniques and learners -------------------------------------------------------------------

  void addTechnique(String name, int ranking, FilterTechnique service) {
    takeover.added(name, ranking, service);
    ports.all().forEach(port -> port.dirty = true);
    Optional<Technique> active = techniques.active().filter(t -> t.service() == service);
    if (active.isPresent()) {
      warmUp.ifPresent(WarmUp::end);
      warmUp = Optional.of(new WarmUp(definitions, active.get()));
      warmUp.get().start();
    }
  }

  void removeTechnique(FilterTechnique service) {
    takeover.removed(service);
  }

  /** Moves every port at once; those that cannot be moved keep their rules. */
  void selectTechnique(String name) throws VirtException {
    Technique technique = takeover.usable(name);
    filterStore.chooseTechnique(technique.name());
    techniques.choose(technique.name());
    ports.all().forEach(port -> port.dirty = true);
    enforcer.settle(definitions);
    List<PortId> unmoved =
        ports.all().stream()
            .filter(port -> !port.installed.technique().equals(name))
            .map(port -> port.ref.id())
            .toList();
    if (!unmoved.isEmpty()) {
      throw new VirtException(
          ErrorCode.BUILD_FIREWALL, "choose technique " + name + ": not moved: " + unmoved);
    }
  }

  void addLearner(AddressLearner service) {
    learners.use(service);
  }

  void removeLearner(AddressLearner service) {
    learners.lose(service);
  }

  // --- bindings ----------------------------------------------------------------------------------

  void bind(FilterBinding binding, CompletableFuture<Void> done) throws VirtException {
    Planner planner = enforcer.planner(definitions);
    planner.check(binding);
    Link link = links.need(binding.port());
    if (!links.isBridgePort(link)) {
      throw Enforcer.noBridge(link.name());
    }
    watchLinks();
    PortRef ref = new PortRef(link.name(), link.index(), binding.mac());
    // What can never be compiled is refused here; what the host refuses is kept and tried again.
    Port fresh = new Port(ref, binding);
    planner.filter(fresh);
    Optional<Port> before = ports.find(binding.port());
    Port port = before.filter(p -> p.ref.equals(ref)).orElse(fresh);
    before.ifPresent(old -> replace(old, port, done));
    bindingStore.save(ref, binding);
    if (!port.given.equals(Set.copyOf(BindingControls.given(binding)))) {
      port.addressesIn = "";
    }
    port.bind(binding);
    port.bridged = true;
    port.dirty = true;
    port.waiters.add(done);
    ports.put(port);
    loop.schedule(TECHNIQUE_GRACE, () -> giveUp(port));
  }

  /** Binding again: the old binding is back when the new one cannot be applied. */
  private void replace(Port old, Port port, CompletableFuture<Void> done) {
    FilterBinding before = old.binding;
    if (old != port) {
      learners.stop(old);
      if (old.ref.index() == port.ref.index()) {
        port.installed = old.installed;
        port.unread = old.unread;
        port.grouped = old.grouped;
        port.takenDown = old.takenDown;
        // Another guest: what the one before had learned is not its own.
        learners.dropAll(old);
      } else {
        linkGone(old);
      }
    } else {
      done.whenComplete(
          (ok, error) -> {
            if (error != null && ports.holds(port) && port.hasRules()) {
              port.bind(before);
              saveQuietly(port);
              port.dirty = true;
            }
          });
    }
  }

  private void saveQuietly(Port port) {
    try {
      bindingStore.save(port.ref, port.binding);
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

  private Port need(PortId name) throws VirtException {
    return ports
        .find(name)
        .orElseThrow(
            () ->
                new VirtException(ErrorCode.NO_NWFILTER_BINDING, "no filter is bound to " + name));
  }

  void approve(PortId name, InetAddress address) throws VirtException {
    Port port = need(name);
    if (port.listening.filter(listening -> listening.approve(address)).isEmpty()) {
      throw new VirtException(
          ErrorCode.OPERATION_INVALID,
          "approve "
              + address.getHostAddress()
              + " on "
              + port.ref
              + ": it does not wait for that");
    }
  }

  LearningReport explain(PortId name) throws VirtException {
    return learners.report(need(name));
  }

  void unbind(PortId name) throws VirtException {
    Port port = need(name);
    learners.stop(port);
    Optional<Technique> holder = techniques.find(port.installed.technique());
    if (holder.isPresent()) {
      // Closed by its group until it has left it.
      holder.get().service().remove(List.of(port.ref));
    }
    if (links.find(name).filter(link -> link.index() == port.ref.index()).isPresent()) {
      links.leave(port.ref);
    }
    forget(port, "unbound");
  }

  private void forget(Port port, String reason) {
    bindingStore.delete(port.ref);
    ports.remove(port, reason);
    port.fail(
        new VirtException(
            ErrorCode.OPERATION_ABORTED,
            "protect " + port.ref + ": it is " + reason + " meanwhile"));
    if (!port.learned.isEmpty()) {
      addressesChanged();
    }
  }

  // --- interfaces --------------------------------------------------------------------------------

  private void watchLinks() throws VirtException {
    if (watch.isEmpty()) {
      watch = Optional.of(links.watch(new Watcher()));
    }
  }

  private void linkGone(Port port) {
    LOG.info("port {}: its interface is gone", port.ref);
    learners.stop(port);
    techniques
        .find(port.installed.technique())
        .ifPresent(
            technique -> {
              try {
                technique.service().remove(List.of(port.ref));
              } catch (VirtException | RuntimeException | LinkageError e) {
                LOG.warn("remove the rules of {}: {}", port.ref, e.toString());
              }
            });
    forget(port, "gone");
  }

  private void linkLost(Port port) {
    if (ports.holds(port)) {
      // The learner begins anew, too.
      learners.stop(port);
      learners.dropAll(port);
      port.dirty = true;
    }
  }

  private void linkChanged(Link link) {
    Optional<Port> bound = ports.find(link.index());
    if (bound.isEmpty()) {
      return;
    }
    Port port = bound.get();
    linkGrace.seen(port, link);
    boolean grouped = link.group() == FilterTechnique.PORT_GROUP;
    boolean bridged = isBridgePort(link);
    if (port.grouped && !grouped || port.bridged != bridged) {
      // Somebody took it out of its group or its bridge: back, or closed.
      port.grouped &= grouped;
      port.bridged = bridged;
      port.dirty = true;
    }
  }

  private boolean isBridgePort(Link link) {
    try {
      return links.isBridgePort(link);
    } catch (VirtException e) {
      LOG.warn("look for the bridge of {}: {}", link.name(), e.getMessage());
      return false;
    }
  }

  private void readLinks() {
    try {
      List<Link> there = links.list();
      Set<Integer> indexes = there.stream().map(Link::index).collect(Collectors.toSet());
      List.copyOf(ports.all()).stream()
          .filter(port -> !indexes.contains(port.ref.index()))
          .forEach(this::linkGone);
      there.forEach(this::linkChanged);
    } catch (VirtException e) {
      LOG.warn("read the interfaces: {}", e.getMessage());
      loop.schedule(Enforcer.FIRST_RETRY, this::readLinks);
    }
  }

  private void addressesChanged() {
    if (!addressesChanged) {
      addressesChanged = true;
      loop.schedule(WRITE_ADDRESSES_AFTER, this::writeAddresses);
    }
  }

  private void writeAddresses() {
    addressesChanged = false;
    try {
      bindingStore.saveAddresses(ports.all());
    } catch (VirtException e) {
      LOG.warn("{}", e.getMessage());
    }
  }

  /** Ends the work and leaves rules, group and links as they are. */
  @Override
  public void close() {
    loop.execute(
        () -> {
          warmUp.ifPresent(WarmUp::end);
          watch.ifPresent(Subscription::close);
          ports.all().forEach(learners::stop);
          if (addressesChanged) {
            writeAddresses();
          }
        });
    loop.close();
    events.close();
  }

  private final class Watcher implements LinkListener {
    @Override
    public void changed(Link link) {
      loop.execute(() -> linkChanged(link));
    }

    @Override
    public void removed(int index, PortId name) {
      loop.execute(() -> ports.find(index).ifPresent(Engine.this::linkGone));
    }

    @Override
    public void resync() {
      loop.execute(Engine.this::readLinks);
    }
  }
}
