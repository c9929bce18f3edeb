package org.virt.nwfilter.internal.manager;

import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.LearningReport;
import org.virt.api.nwfilter.PortAddress;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.api.nwfilter.PortStatus.Learning;
import org.virt.nwfilter.internal.compile.Own;
import org.virt.nwfilter.internal.manager.AddressEvents.Claim;
import org.virt.nwfilter.internal.manager.Techniques.Technique;
import org.virt.spi.learnip.AddressLearner;
import org.virt.spi.learnip.LearnRequest;
import org.virt.spi.learnip.LearnRequest.Mode;
import org.virt.spi.learnip.LearnSink;
import org.virt.spi.learnip.LearnSink.Refusal;
import org.virt.spi.learnip.LearnTerms;
import org.virt.spi.learnip.Listening;
import org.virt.spi.nwfilter.AddressBinding;
import org.virt.spi.nwfilter.Operand.Family;

/** Has the addresses of ports learned, keeps them, ends them with their lease. Of the loop. */
final class Learners {
  private static final Logger LOG = LoggerFactory.getLogger(Learners.class);

  /** The kernel ends a lease itself; the manager follows when it surely has. */
  private static final Duration AFTER_EXPIRY = Duration.ofMillis(20);

  private final Loop loop;
  private final Ports ports;
  private final Techniques techniques;
  private final AddressEvents events;
  private final Clock clock;
  private final Runnable changed;
  private Optional<AddressLearner> learner = Optional.empty();

  Learners(
      Loop loop,
      Ports ports,
      Techniques techniques,
      AddressEvents events,
      Clock clock,
      Runnable changed) {
    this.loop = loop;
    this.ports = ports;
    this.techniques = techniques;
    this.events = events;
    this.clock = clock;
    this.changed = changed;
  }

  /** A learner has come: ports that wait for one are compiled, and so followed, again. */
  void use(AddressLearner service) {
    learner = Optional.of(service);
    ports.all().stream()
        .filter(port -> port.listening.isEmpty())
        .forEach(port -> port.dirty = true);
  }

  void lose(AddressLearner service) {
    if (learner.filter(service::equals).isPresent()) {
      learner = Optional.empty();
      ports.all().forEach(this::stop);
      ports.all().stream()
          .filter(port -> port.learning != Learning.OFF)
          .forEach(port -> port.dirty = true);
    }
  }

  /**
   * Listens to a port's guest while its address is to be learned; otherwise it is only known as one
   * that is filtered.
   */
  void follow(Port port) throws VirtException {
    LearnRequest request = request(port);
    if (port.learning == Learning.OFF) {
      dropAll(port);
    }
    if (!port.asked.equals(Optional.of(request))) {
      stop(port);
      listen(port, request);
    }
  }

  private static LearnRequest request(Port port) throws VirtException {
    boolean off = port.learning == Learning.OFF;
    Optional<Mode> mode = off ? Optional.empty() : BindingControls.mode(port.binding);
    return new LearnRequest(
        port.ref,
        port.binding.linkDevice(),
        mode.orElse(Mode.NONE),
        BindingControls.of(port.binding, off ? Set.of() : port.wanted));
  }

  private void listen(Port port, LearnRequest request) throws VirtException {
    boolean needed = port.learning == Learning.LEARNING;
    if (learner.isEmpty()) {
      if (!needed) {
        return;
      }
      throw new VirtException(
          ErrorCode.OPEN_FAILED,
          "learn the address of " + port.ref + ": no address learner is installed");
    }
    Sink sink = new Sink(port);
    try {
      sink.listening = learner.get().learn(withHeld(port, request), sink);
    } catch (RuntimeException | LinkageError e) {
      throw new VirtException(
          ErrorCode.INTERNAL_ERROR, "learn the address of " + port.ref + ": " + e, e);
    }
    port.listening = Optional.of(sink.listening);
    port.asked = Optional.of(request);
  }

  /** Adds what the port may use already: it is nobody else's. */
  private LearnRequest withHeld(Port port, LearnRequest request) {
    Map<InetAddress, Optional<Duration>> held = new HashMap<>();
    port.given.forEach(address -> held.put(address, Optional.empty()));
    port.bindings(clock.instant())
        .forEach(binding -> held.put(binding.address(), binding.lifetime()));
    LearnTerms terms = request.terms();
    return new LearnRequest(
        request.port(),
        request.linkDevice(),
        request.mode(),
        new LearnTerms(terms.limits(), terms.dhcpServers(), terms.gateways(), held, terms.guest()));
  }

  /** Ends listening. */
  void stop(Port port) {
    Optional<Listening> listening = port.listening;
    port.listening = Optional.empty();
    port.asked = Optional.empty();
    try {
      listening.ifPresent(Listening::close);
    } catch (RuntimeException | LinkageError e) {
      LOG.warn("end learning on {}: {}", port.ref, e.toString());
    }
  }

  /** Has a port use exactly the addresses that the kernel had for it. */
  void recover(Port port, List<AddressBinding> kernel) {
    Map<InetAddress, PortAddress> before = Map.copyOf(port.learned);
    port.learned.clear();
    Instant now = clock.instant();
    for (AddressBinding binding : kernel) {
      // The kernel does not know the source: only a lease ends.
      Source seen = Own.family(binding.address()) == Family.IPV4 ? Source.ARP : Source.ND;
      Source guess = binding.lifetime().isPresent() ? Source.DHCP : seen;
      Source source =
          Optional.ofNullable(before.get(binding.address())).map(PortAddress::source).orElse(guess);
      recover(
          port,
          new PortAddress(
              port.ref.id(),
              port.ref.mac(),
              binding.address(),
              source,
              binding.lifetime().map(now::plus)));
    }
  }

  /** Keeps an address that was known before, without asking whether to believe it. */
  void recover(Port port, PortAddress address) {
    port.learned.put(address.address(), address);
    address.expires().ifPresent(end -> expireAt(port, end));
  }

  private void learned(Port port, Claim claim) {
    InetAddress ip = claim.address();
    Source source = claim.source();
    Optional<PortAddress> before = Optional.ofNullable(port.learned.get(ip));
    // That a guest still uses an address does not make its lease any longer.
    boolean known = before.isPresent() && source != Source.DHCP;
    if (port.learning == Learning.OFF || known || !limit(port, ip).isPresent()) {
      return;
    }
    Optional<Port> holder = ports.holder(ip).filter(other -> other != port);
    if (holder.isPresent()) {
      events.refused(port, claim, Refusal.HELD, holder.get().ref.toString());
      return;
    }
    Instant now = clock.instant();
    PortAddress address =
        new PortAddress(port.ref.id(), port.ref.mac(), ip, source, claim.lifetime().map(now::plus));
    Optional<PortAddress> replaced = replacedBy(port, address);
    int others = port.learned(Own.family(ip)).size() - (replaced.isPresent() ? 1 : 0);
    if (before.isEmpty() && others >= limit(port, ip).getAsInt()) {
      events.refused(port, claim, Refusal.LIMIT, "");
      return;
    }
    if (sharedWithRules(port)
        || share(port, List.of(address), replaced.map(List::of).orElse(List.of()))) {
      replaced.ifPresent(old -> forget(port, old));
      port.learned.put(ip, address);
      port.dirty = true;
      events.learned(port, address, before);
      address.expires().ifPresent(end -> expireAt(port, end));
      changed.run();
    }
  }

  /** Returns how many addresses of the same family a port may have; none when it learns none. */
  private static OptionalInt limit(Port port, InetAddress ip) {
    return port.asked.stream()
        .flatMap(request -> Stream.ofNullable(request.terms().limits().get(Own.family(ip))))
        .mapToInt(Integer::intValue)
        .findFirst();
  }

  /** A lease takes the place of the one address of mode any; nothing else does. */
  private static Optional<PortAddress> replacedBy(Port port, PortAddress address) {
    boolean takes =
        address.source() == Source.DHCP
            && limit(port, address.address()).equals(OptionalInt.of(1))
            && !port.learned.containsKey(address.address());
    List<InetAddress> same = port.learned(Own.family(address.address()));
    return takes ? same.stream().findFirst().map(port.learned::get) : Optional.empty();
  }

  /** The first address comes into the kernel together with the rules that ask for it. */
  private static boolean sharedWithRules(Port port) {
    boolean first = port.learning == Learning.LEARNING;
    if (first) {
      port.addressesIn = "";
    }
    return first;
  }

  /** Tells the technique that the port's rules are in; without lookups compiling does. */
  private boolean share(Port port, List<PortAddress> added, List<PortAddress> dropped) {
    Optional<Technique> technique =
        techniques.find(port.installed.technique()).filter(t -> t.probe().lookups());
    if (technique.isEmpty()) {
      port.addressesIn = "";
      return true;
    }
    Instant now = clock.instant();
    try {
      technique
          .get()
          .service()
          .bind(
              added.stream().map(address -> port.bindingOf(address, now)).toList(),
              dropped.stream().map(address -> port.bindingOf(address, now)).toList());
      return true;
    } catch (VirtException | RuntimeException | LinkageError e) {
      LOG.warn("port {}: bind {}, drop {}: {}", port.ref, added, dropped, e.toString());
      port.addressesIn = "";
      port.dirty = true;
      return false;
    }
  }

  private void released(Port port, InetAddress ip) {
    Optional.ofNullable(port.learned.get(ip)).ifPresent(address -> drop(port, address));
  }

  /** Takes an address away; when the technique cannot, it is tried again until it can. */
  private void drop(Port port, PortAddress address) {
    if (share(port, List.of(), List.of(address))) {
      forget(port, address);
      changed.run();
    } else {
      loop.schedule(PortStates.FIRST_RETRY, () -> dropAgain(port, address));
    }
    port.dirty = true;
  }

  private void dropAgain(Port port, PortAddress address) {
    // A lease that was renewed meanwhile is another one.
    if (ports.holds(port) && address.equals(port.learned.get(address.address()))) {
      drop(port, address);
    }
  }

  /** Takes all addresses of a port away. */
  void dropAll(Port port) {
    List.copyOf(port.learned.values()).forEach(address -> drop(port, address));
  }

  /** The addresses are not what they were when they were last written down. */
  void changed() {
    changed.run();
  }

  private void forget(Port port, PortAddress address) {
    port.learned.remove(address.address());
    events.lost(port, address);
  }

  private void expireAt(Port port, Instant end) {
    Duration delay = Duration.between(clock.instant(), end).plus(AFTER_EXPIRY);
    loop.schedule(delay, () -> expire(port));
  }

  private void expire(Port port) {
    Instant now = clock.instant();
    for (PortAddress address : List.copyOf(port.learned.values())) {
      if (ports.holds(port) && address.expires().filter(end -> !end.isAfter(now)).isPresent()) {
        drop(port, address);
      }
    }
  }

  private void learnerFailed(Port port, String reason) {
    LOG.warn("port {}: learning ended: {}", port.ref, reason);
    stop(port);
    port.reason = reason;
    port.dirty = true;
  }

  /** Returns what is known of the learning of a port. */
  LearningReport report(Port port) {
    Listening listening = port.listening.orElse(() -> {});
    return new LearningReport(listening.counters(), listening.waiting(), listening.packets());
  }

  /** The learner's way to a port; closed with what it listens by. */
  private final class Sink implements LearnSink {
    private final Port port;
    private Listening listening;

    Sink(Port port) {
      this.port = port;
    }

    private void onLoop(Runnable task) {
      loop.execute(
          () -> {
            boolean current = port.listening.filter(s -> s == listening).isPresent();
            if (current && ports.holds(port)) {
              task.run();
            }
          });
    }

    @Override
    public void learned(InetAddress address, Source source, Optional<Duration> lifetime) {
      onLoop(() -> Learners.this.learned(port, new Claim(address, source, lifetime)));
    }

    @Override
    public void released(InetAddress address) {
      onLoop(() -> Learners.this.released(port, address));
    }

    @Override
    public void refused(InetAddress address, Source source, Refusal why) {
      Claim claim = new Claim(address, source, Optional.empty());
      onLoop(() -> events.refused(port, claim, why, ""));
    }

    @Override
    public void failed(String reason) {
      onLoop(() -> learnerFailed(port, reason));
    }
  }
}
