package org.virt.nwfilter.internal.manager;

import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.PortAddress;
import org.virt.nwfilter.internal.compile.Definitions;
import org.virt.nwfilter.internal.manager.Committer.Outcome;
import org.virt.nwfilter.internal.manager.Techniques.Technique;
import org.virt.spi.nwfilter.AddressBinding;
import org.virt.spi.nwfilter.PortProgram;

/**
 * Gives a technique the rules of all ports while another one's are in force. It commits on a thread
 * of its own, so that ports are bound and addresses learned meanwhile, with the other technique;
 * what has changed by then follows in another round. Of the loop, but for the commits.
 */
final class Move {
  private static final Logger LOG = LoggerFactory.getLogger(Move.class);

  /** What still changes then follows when the move is over, as any change does. */
  private static final int MOST_ROUNDS = 5;

  final Technique from;
  final Technique to;

  /** Ports that have all their rules from both techniques. */
  final Map<Port, Moved> moved = new LinkedHashMap<>();

  /** Why other ports could not get them. */
  final Map<Port, VirtException> refused = new LinkedHashMap<>();

  private final Engine engine;
  private final Consumer<Move> over;
  private Planner planner;
  private int rounds;

  Move(Engine engine, Technique from, Technique to, Consumer<Move> over) {
    this.engine = engine;
    this.from = from;
    this.to = to;
    this.over = over;
    planner = new Planner(engine.definitions, to.probe().lookups());
  }

  /** Begins; {@code over} is told on the loop. */
  void start() {
    round(engine.ports.all());
  }

  private void round(Collection<Port> ports) {
    rounds++;
    if (!planner.isOf(engine.definitions, to.probe().lookups())) {
      planner = new Planner(engine.definitions, to.probe().lookups());
    }
    Instant now = engine.clock.instant();
    List<Moved> wanted = new ArrayList<>();
    List<PortProgram> programs = new ArrayList<>();
    for (Port port : ports) {
      try {
        Moved one = Moved.of(new Job(port, planner.plan(port)), engine.definitions);
        programs.add(one.job.program(to, now));
        wanted.add(one);
      } catch (VirtException | RuntimeException | Error e) {
        refused.put(port, Committer.wrapped("compile the rules of " + port.ref, e));
      }
    }
    LOG.debug("move to {}: round {}, {} ports", to.name(), rounds, programs.size());
    Thread thread =
        new Thread(
            () -> {
              Outcome outcome = engine.committer.commitEach(to, programs, 0, () -> {});
              engine.loop.execute(() -> committed(wanted, outcome));
            },
            "virt-nwfilter-move");
    thread.setDaemon(true);
    thread.start();
  }

  private void committed(List<Moved> wanted, Outcome outcome) {
    for (Moved one : wanted) {
      Port port = one.job.port();
      VirtException why = outcome.refused().get(port.ref);
      if (why == null) {
        moved.put(port, one.in(outcome.committed().get(port.ref)));
      } else {
        moved.remove(port);
        refused.put(port, why);
      }
    }
    List<Port> again = new ArrayList<>();
    for (Port port : engine.ports.all()) {
      if (!refused.containsKey(port) && !isUpToDate(port)) {
        again.add(port);
      }
    }
    if (again.isEmpty() || rounds == MOST_ROUNDS || !isThere()) {
      moved.keySet().removeAll(again);
      over.accept(this);
    } else {
      round(again);
    }
  }

  /** Says whether the technique that ports move to is still the same one. */
  boolean isThere() {
    return engine.techniques.find(to.name()).filter(t -> t.service() == to.service()).isPresent();
  }

  private boolean isUpToDate(Port port) {
    Moved has = moved.get(port);
    if (has == null || !has.binding.equals(port.binding) || has.definitions != engine.definitions) {
      return false;
    }
    return has.learned.equals(port.learned) || shared(port, has);
  }

  /**
   * Addresses that came or went meanwhile are no reason for other rules, where there are lookups.
   */
  private boolean shared(Port port, Moved has) {
    if (!to.probe().lookups()) {
      return false;
    }
    Instant now = engine.clock.instant();
    List<AddressBinding> added = new ArrayList<>();
    List<AddressBinding> dropped = new ArrayList<>();
    port.learned.forEach(
        (ip, address) -> {
          if (!address.equals(has.learned.get(ip))) {
            added.add(port.bindingOf(address, now));
          }
        });
    has.learned.forEach(
        (ip, address) -> {
          if (!port.learned.containsKey(ip) && !port.given.contains(ip)) {
            dropped.add(port.bindingOf(address, now));
          }
        });
    try {
      Job job = new Job(port, planner.plan(port));
      if (!job.plan().program().equals(has.job.plan().program())) {
        return false;
      }
      to.service().bind(added, dropped);
      moved.put(port, Moved.of(job, engine.definitions).in(has.generation));
      return true;
    } catch (VirtException | RuntimeException | Error e) {
      LOG.debug("move of {}: its addresses follow with its rules: {}", port.ref, e.toString());
      return false;
    }
  }

  /**
   * What a port has got, and what it was made of.
   *
   * @param generation 0 before it is committed
   */
  record Moved(
      Job job,
      FilterBinding binding,
      Map<InetAddress, PortAddress> learned,
      Definitions definitions,
      long generation) {
    private static Moved of(Job job, Definitions definitions) {
      Port port = job.port();
      return new Moved(job, port.binding, Map.copyOf(port.learned), definitions, 0);
    }

    private Moved in(long number) {
      return new Moved(job, binding, learned, definitions, number);
    }
  }
}
