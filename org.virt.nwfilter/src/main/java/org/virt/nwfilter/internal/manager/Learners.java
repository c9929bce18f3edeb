package org.virt.nwfilter.internal.manager;

import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.LearningReport;
import org.virt.api.nwfilter.PortAddress.Source;
import org.virt.api.nwfilter.PortStatus.Learning;
import org.virt.nwfilter.internal.manager.AddressEvents.Claim;
import org.virt.spi.learnip.AddressLearner;
import org.virt.spi.learnip.LearnRequest;
import org.virt.spi.learnip.LearnRequest.Mode;
import org.virt.spi.learnip.LearnSink;
import org.virt.spi.learnip.LearnSink.Refusal;
import org.virt.spi.learnip.LearnTerms;
import org.virt.spi.learnip.Listening;

/** Has the addresses of ports learned. Of the loop. */
final class Learners {
  private static final Logger LOG = LoggerFactory.getLogger(Learners.class);

  private final Loop loop;
  private final Ports ports;
  private final LearnedAddresses addresses;
  private final AddressEvents events;
  private final Clock clock;
  private Optional<AddressLearner> learner = Optional.empty();

  Learners(Loop loop, Ports ports, LearnedAddresses addresses, AddressEvents events, Clock clock) {
    this.loop = loop;
    this.ports = ports;
    this.addresses = addresses;
    this.events = events;
    this.clock = clock;
  }

  /** Returns what has been learned. */
  LearnedAddresses addresses() {
    return addresses;
  }

  /** A learner has come: ports that wait for one are compiled, and so followed, again. */
  void use(AddressLearner service) {
    learner = Optional.of(service);
    ports.all().stream().filter(port -> port.listening.isEmpty()).forEach(ports::touch);
  }

  void lose(AddressLearner service) {
    if (learner.filter(service::equals).isPresent()) {
      learner = Optional.empty();
      ports.all().forEach(this::stop);
      ports.all().stream().filter(port -> port.learning != Learning.OFF).forEach(ports::touch);
    }
  }

  /**
   * Listens to a port's guest while its address is to be learned; otherwise it is only known as one
   * that is filtered.
   */
  void follow(Port port) throws VirtException {
    LearnRequest request = request(port);
    if (port.learning == Learning.OFF) {
      addresses.dropAll(port);
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

  private void learnerFailed(Port port, String reason) {
    LOG.warn("port {}: learning ended: {}", port.ref, reason);
    stop(port);
    port.reason = reason;
    ports.touch(port);
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

    private Runnable whileCurrent(Runnable task) {
      return () -> {
        boolean current = port.listening.filter(s -> s == listening).isPresent();
        if (current && ports.holds(port)) {
          task.run();
        }
      };
    }

    private void onLoop(Runnable task) {
      loop.executeInOrder(whileCurrent(task));
    }

    @Override
    public void together(Runnable telling) {
      loop.together(telling);
    }

    @Override
    public void learned(InetAddress address, Source source, Optional<Duration> lifetime) {
      Claim claim = new Claim(address, source, lifetime);
      // Its guest waits for the rules.
      loop.executeHere(whileCurrent(() -> addresses.learned(port, claim)));
    }

    @Override
    public void released(InetAddress address) {
      onLoop(() -> addresses.released(port, address));
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
