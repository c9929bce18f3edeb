package org.virt.nwfilter.internal.manager;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.PortStatus.Enforcement;
import org.virt.nwfilter.internal.manager.Techniques.Technique;
import org.virt.spi.nwfilter.PortRef;

/**
 * Moves all ports to another technique, because it was chosen or because a better one has come. The
 * first one's rules go when the other one has everything; a port that it refuses keeps them. Of the
 * loop.
 */
final class Mover {
  private static final Logger LOG = LoggerFactory.getLogger(Mover.class);

  private final Engine engine;
  private final Ports ports;
  private final Techniques techniques;
  private final List<CompletableFuture<Void>> callers = new ArrayList<>();
  private Optional<Move> running = Optional.empty();

  Mover(Engine engine) {
    this.engine = engine;
    ports = engine.ports;
    techniques = engine.techniques;
  }

  boolean isRunning() {
    return running.isPresent();
  }

  /**
   * Moves all ports to a technique and keeps the choice.
   *
   * @throws VirtException {@code OPERATION_INVALID} while ports move to another one
   */
  void choose(Technique to, CompletableFuture<Void> done) throws VirtException {
    if (running.isPresent() && running.get().to.service() != to.service()) {
      throw new VirtException(
          ErrorCode.OPERATION_INVALID,
          "choose technique " + to.name() + ": ports are moving to " + running.get().to.name());
    }
    Optional<Technique> from = techniques.active();
    if (running.isEmpty() && from.filter(f -> !f.equals(to)).isEmpty()) {
      takeOver(to);
      done.complete(null);
      return;
    }
    callers.add(done);
    if (running.isEmpty()) {
      begin(from.get(), to);
    }
  }

  /** Has a technique take over from one that left, or take the ports that others still have. */
  private void takeOver(Technique to) throws VirtException {
    keep(to);
    engine.enforcer.use(to);
    ports.all().forEach(ports::touch);
    engine.enforcer.settle(engine.definitions);
    List<PortId> unmoved =
        ports.all().stream()
            .filter(port -> !port.installed.technique().equals(to.name()))
            .map(port -> port.ref.id())
            .toList();
    if (!unmoved.isEmpty()) {
      throw new VirtException(
          ErrorCode.BUILD_FIREWALL,
          "choose technique " + to.name() + ": these keep their rules: " + unmoved);
    }
  }

  private void keep(Technique chosen) throws VirtException {
    engine.filterStore.chooseTechnique(chosen.name());
    techniques.choose(chosen.name());
  }

  /** Begins to move ports when another technique is to have them than has them. */
  void settle() {
    Optional<Technique> wanted = techniques.wanted();
    Optional<Technique> active = techniques.active();
    if (running.isEmpty() && wanted.isPresent() && active.isPresent()) {
      if (!wanted.get().equals(active.get())) {
        begin(active.get(), wanted.get());
      }
    }
  }

  private void begin(Technique from, Technique to) {
    LOG.info("{} ports move from {} to {}", ports.all().size(), from.name(), to.name());
    for (Port port : ports.all()) {
      port.movingTo = to.name();
      if (port.hasRules()) {
        port.enforcement = Enforcement.SWITCHING;
        port.reason = port.movingReason();
        ports.publish(port);
      }
    }
    Move move = new Move(engine, from, to, this::over);
    running = Optional.of(move);
    move.start();
  }

  private void over(Move move) {
    running = Optional.empty();
    ports.all().forEach(port -> port.movingTo = "");
    List<CompletableFuture<Void>> waiting = List.copyOf(callers);
    callers.clear();
    try {
      if (!move.isThere()) {
        interrupted(move);
      } else if (move.moved.isEmpty() && !move.refused.isEmpty()) {
        nothingMoved(move);
      }
      switchOver(move);
      if (!waiting.isEmpty()) {
        keep(move.to);
      }
      if (!move.refused.isEmpty()) {
        throw failure(move);
      }
      waiting.forEach(caller -> caller.complete(null));
    } catch (VirtException e) {
      LOG.warn("{}", e.getMessage());
      waiting.forEach(caller -> caller.completeExceptionally(e));
    }
  }

  private void interrupted(Move move) throws VirtException {
    // What it has of them is read when it comes again; it may be there already.
    techniques.find(move.to.name()).ifPresent(engine.takeover::read);
    ports.all().forEach(ports::touch);
    throw new VirtException(
        ErrorCode.OPERATION_ABORTED,
        "move ports to " + move.to.name() + ": the technique has left meanwhile");
  }

  private void nothingMoved(Move move) throws VirtException {
    techniques.unfit(move.to);
    ports.all().forEach(ports::touch);
    throw failure(move);
  }

  private static VirtException failure(Move move) {
    Map.Entry<Port, VirtException> first = move.refused.entrySet().iterator().next();
    List<PortId> all = move.refused.keySet().stream().map(port -> port.ref.id()).toList();
    return new VirtException(
        ErrorCode.BUILD_FIREWALL,
        "move ports to "
            + move.to.name()
            + ": they keep their rules: "
            + all
            + ": "
            + first.getValue().getMessage(),
        first.getValue());
  }

  /** The other technique has everything: the first one's rules are not needed any more. */
  private void switchOver(Move move) {
    engine.enforcer.use(move.to);
    List<PortRef> gone = new ArrayList<>();
    List<PortRef> left = new ArrayList<>();
    List<Job> jobs = new ArrayList<>();
    move.moved.forEach(
        (port, has) -> {
          if (ports.holds(port)) {
            if (port.installed.technique().equals(move.from.name())) {
              left.add(port.ref);
            }
            port.installed = has.job().installed(move.to, has.generation());
            port.addressesIn = move.to.probe().lookups() ? move.to.name() : "";
            jobs.add(has.job());
          } else if (ports.find(port.ref.index()).isEmpty()) {
            gone.add(port.ref);
          }
        });
    engine.states.done(jobs);
    Map<Port, VirtException> refused = new LinkedHashMap<>(move.refused);
    refused.keySet().removeIf(port -> !ports.holds(port));
    engine.states.failed(refused);
    Stream<Port> others = ports.all().stream().filter(port -> !move.moved.containsKey(port));
    others.filter(port -> !move.refused.containsKey(port)).forEach(ports::touch);
    engine.enforcer.removeFrom(move.to.name(), gone);
    engine.enforcer.removeFrom(move.from.name(), left);
    LOG.info("{} ports have moved to {}", jobs.size(), move.to.name());
  }
}
