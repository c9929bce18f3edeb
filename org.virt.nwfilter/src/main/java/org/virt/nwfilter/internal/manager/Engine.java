package org.virt.nwfilter.internal.manager;

import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.StateDirectory;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.LearningReport;
import org.virt.api.nwfilter.PortStatus.Enforcement;
import org.virt.common.net.Link;
import org.virt.common.net.Links;
import org.virt.nwfilter.internal.compile.Definitions;
import org.virt.nwfilter.internal.manager.KeptLeases.Guest;
import org.virt.nwfilter.internal.manager.Techniques.Technique;
import org.virt.spi.learnip.AddressLearner;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.PortRef;

/**
 * The manager's state and what changes it. All methods but the constructor, {@link #start} and
 * {@link #close} are tasks of the {@link Loop}.
 */
final class Engine implements AutoCloseable {
  /** RFC 7513, section 10. */
  private static final Duration OFFLINK_DELAY = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

  final Loop loop = new Loop("virt-nwfilter-commit", this::settle);
  final Events events = new Events();
  final Ports ports = new Ports(events);
  final CompletableFuture<Void> loaded = new CompletableFuture<>();
  final FilterStore filterStore;
  final Techniques techniques;
  final Enforcer enforcer;
  final PortLinks links;
  final Clock clock;
  final Committer committer = new Committer();
  final PortStates states;
  final Learners learners;
  final Takeover takeover;
  final Mover mover;
  final OutsideChanges outsideChanges = new OutsideChanges(this);

  private final AddressEvents addressEvents;
  private final BindingStore bindingStore;
  private final AddressKeeper keeper;
  private final Bindings bindings;
  private final Interfaces interfaces;
  private final LinkGrace linkGrace;
  private Optional<WarmUp> warmUp = Optional.empty();

  /** Published for readers; changed on the loop's thread. */
  volatile Definitions definitions = Definitions.of(List.of());

  Engine(StateDirectory state, Callable<Links> linksOpener, Clock clock) throws VirtException {
    this.clock = clock;
    filterStore = new FilterStore(state);
    bindingStore = new BindingStore(state);
    techniques = new Techniques(filterStore.technique());
    links = new PortLinks(linksOpener);
    addressEvents = new AddressEvents(events, clock);
    keeper = new AddressKeeper(loop, ports, bindingStore.addresses(), clock);
    LearnedAddresses addresses =
        new LearnedAddresses(loop, ports, techniques, addressEvents, clock, keeper);
    learners = new Learners(loop, ports, addresses, addressEvents, clock);
    states = new PortStates(loop, ports, techniques, links, learners);
    enforcer = new Enforcer(ports, techniques, committer, states, clock, bindingStore::saveUsed);
    bindings =
        new Bindings(
            loop,
            ports,
            techniques,
            links,
            learners,
            bindingStore,
            () -> enforcer.planner(definitions));
    linkGrace = new LinkGrace(loop, OFFLINK_DELAY, this::linkLost);
    interfaces = new Interfaces(loop, ports, links, bindings, linkGrace);
    takeover = new Takeover(this);
    mover = new Mover(this);
    loop.execute(this::load);
  }

  void start() {
    loop.start();
  }

  boolean isLoaded() {
    return loaded.isDone() && !loaded.isCompletedExceptionally();
  }

  private void settle() {
    outsideChanges.watch();
    bindings.settle();
    enforcer.settle(definitions);
    if (isLoaded()) {
      mover.settle();
    }
    addressEvents.say();
  }

  // --- what was there before ---------------------------------------------------------------------

  private void load() {
    try {
      definitions = filterStore.load();
      // Only then are the bindings of another boot deleted: what ends in between begins here again.
      Map<Integer, List<KeptAddress>> learned = keeper.load(bindingStore.isSameBoot());
      List<BindingStore.Stored> bound = bindingStore.load();
      PortLinks.Look look = links.look(bound.size());
      for (BindingStore.Stored stored : bound) {
        Optional<Port> port = recover(stored, look);
        if (port.isPresent()) {
          List<KeptAddress> its = learned.getOrDefault(stored.index(), List.of());
          learned.remove(stored.index());
          learners.addresses().recoverWritten(port.get(), its);
          ports.publish(port.get());
        }
      }
      learned.values().forEach(keeper::keep);
      // By then a technique has come, or what is not surely protected goes down.
      takeover.expect(bindingStore.used());
      loaded.complete(null);
    } catch (VirtException | RuntimeException e) {
      LOG.error("the filter manager cannot read its state", e);
      loaded.completeExceptionally(e);
    }
    try {
      interfaces.watch();
    } catch (VirtException e) {
      LOG.warn("interfaces are not watched: {}", e.getMessage());
    }
  }

  /** Finds a port again; absent when it is gone. */
  private Optional<Port> recover(BindingStore.Stored stored, PortLinks.Look look)
      throws VirtException {
    PortRef ref = new PortRef(stored.port(), stored.index(), stored.binding().mac());
    Optional<Link> link = look.find(stored.port()).filter(l -> l.index() == stored.index());
    if (link.isEmpty()) {
      LOG.info("port {}: gone while no runtime was there", ref);
      bindingStore.delete(ref);
      return Optional.empty();
    }
    Port port = new Port(ref, stored.binding());
    port.group = FilterTechnique.isPortGroup(link.get().group()) ? link.get().group() : 0;
    port.unread = port.group != 0;
    port.reached = links.isReached(link.get());
    port.up = link.get().is(Link.Flag.UP);
    // Until a technique says what the kernel has, the port is not compiled.
    port.enforcement = Enforcement.ORPHANED;
    port.reason = PortStates.NOT_COMPARED;
    port.master = link.get().master();
    port.serve(LeaseHolder.of(stored.binding(), look.network(link.get())));
    ports.put(port);
    linkGrace.seen(port, link.get());
    return Optional.of(port);
  }

  // --- techniques and learners -------------------------------------------------------------------

  void addTechnique(String name, int ranking, FilterTechnique service) {
    takeover.added(name, ranking, service);
    ports.all().forEach(ports::touch);
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

  /** Moves every port; those that cannot be moved keep their rules. */
  void selectTechnique(String name, CompletableFuture<Void> done) throws VirtException {
    mover.choose(takeover.usable(name), done);
  }

  void addLearner(AddressLearner service) {
    learners.use(service);
  }

  void removeLearner(AddressLearner service) {
    learners.lose(service);
  }

  // --- bindings ----------------------------------------------------------------------------------

  void bind(FilterBinding binding, Guest guest, CompletableFuture<Void> done) throws VirtException {
    interfaces.watch();
    bindings.bind(binding, guest, done);
  }

  void unbind(PortId port, CompletableFuture<Void> done) {
    bindings.unbind(port, done);
  }

  private Port need(PortId name) throws VirtException {
    return ports.find(name).orElseThrow(() -> Bindings.unbound(name));
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

  // --- addresses ---------------------------------------------------------------------------------

  private void linkLost(Port port) {
    if (ports.holds(port)) {
      // The learner begins anew, too.
      learners.stop(port);
      learners.addresses().dropAll(port);
      ports.touch(port);
    }
  }

  /** Takes what the configuration says of lost links. */
  void keepOffLink(Duration time) {
    linkGrace.keep(time);
  }

  /** Ends the work and leaves rules, group and links as they are. */
  @Override
  public void close() {
    loop.execute(
        () -> {
          warmUp.ifPresent(WarmUp::end);
          interfaces.close();
          outsideChanges.close();
          ports.all().forEach(learners::stop);
          keeper.close();
          bindingStore.close();
        });
    loop.close();
    events.close();
  }
}
