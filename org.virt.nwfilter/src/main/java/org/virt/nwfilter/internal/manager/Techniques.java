package org.virt.nwfilter.internal.manager;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.nwfilter.TechniqueStatus;
import org.virt.api.nwfilter.TechniqueStatus.Use;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.spi.nwfilter.TechniqueProbe;

/** The techniques that are installed, and which of them holds the rules. Belongs to the loop. */
final class Techniques {
  private static final Logger LOG = LoggerFactory.getLogger(Techniques.class);

  private final List<Technique> known = new ArrayList<>();

  /** Those that could not take a single port over; asked again when they come again. */
  private final Set<FilterTechnique> unfit = Collections.newSetFromMap(new IdentityHashMap<>());

  private String chosen;

  /** Name of the one that has the rules; empty before there are any. */
  private String used = "";

  /** Whether the one that has the rules is expected back, so that no other is to take over. */
  private boolean awaited;

  private int waits;

  /** Published for readers. */
  private volatile List<TechniqueStatus> statuses = List.of();

  Techniques(String chosen) {
    this.chosen = chosen;
  }

  void add(String name, int ranking, FilterTechnique service) {
    known.add(new Technique(name, ranking, service, probe(name, service)));
    known.sort(Comparator.comparingInt(Technique::ranking).reversed());
    awaited &= !name.equals(used);
    publish();
  }

  /** Forgets a technique; the one that has the rules is awaited. Returns it. */
  Optional<Technique> remove(FilterTechnique service) {
    Optional<Technique> gone = known.stream().filter(t -> t.service() == service).findFirst();
    known.removeIf(t -> t.service() == service);
    unfit.remove(service);
    if (find(used).isEmpty() && gone.filter(t -> t.name().equals(used)).isPresent()) {
      awaited = true;
    }
    publish();
    return gone;
  }

  /**
   * No other technique takes over before {@link #giveUpWaiting}, unless this one comes; returns a
   * number for that.
   */
  int await(String name) {
    used = name;
    awaited = !name.isEmpty() && find(name).isEmpty();
    publish();
    return ++waits;
  }

  boolean isAwaited() {
    return awaited;
  }

  /** Whatever technique is there may take over, unless the wait is another one. */
  void giveUpWaiting(int wait) {
    if (awaited && wait == waits) {
      awaited = false;
      used = "";
      publish();
    }
  }

  /** This one has the rules now; returns whether another one had them before. */
  boolean use(String name) {
    boolean other = !used.equals(name);
    used = name;
    awaited = false;
    if (other) {
      publish();
    }
    return other;
  }

  /** This one could not take a single port over. */
  void unfit(Technique technique) {
    unfit.add(technique.service());
    publish();
  }

  private static TechniqueProbe probe(String name, FilterTechnique service) {
    try {
      TechniqueProbe probe = service.probe();
      LOG.debug("technique {}: {}", name, probe);
      return probe;
    } catch (RuntimeException | LinkageError e) {
      LOG.warn("probe technique {}: {}", name, e.toString());
      return new TechniqueProbe(false, false, List.of("probe failed: " + e));
    }
  }

  /**
   * Returns the one that new rules are committed to: the one that has the rules, or else the one
   * that is to have them. Absent while one that has rules is awaited.
   */
  Optional<Technique> active() {
    if (awaited) {
      return Optional.empty();
    }
    Optional<Technique> now = find(used).filter(t -> t.probe().usable());
    return now.isPresent() ? now : wanted();
  }

  /** Returns the one that is to have the rules: the chosen one, else the first usable one. */
  Optional<Technique> wanted() {
    Optional<Technique> wanted = find(chosen).filter(this::isFit);
    if (wanted.isPresent()) {
      return wanted;
    }
    for (Technique technique : known) {
      if (isFit(technique)) {
        return Optional.of(technique);
      }
    }
    return Optional.empty();
  }

  private boolean isFit(Technique technique) {
    return technique.probe().usable() && !unfit.contains(technique.service());
  }

  Optional<Technique> find(String name) {
    for (Technique technique : known) { // asked at each commit
      if (technique.name().equals(name)) {
        return Optional.of(technique);
      }
    }
    return Optional.empty();
  }

  void choose(String name) {
    chosen = name;
    find(name).ifPresent(technique -> unfit.remove(technique.service()));
    publish();
  }

  List<TechniqueStatus> statuses() {
    return statuses;
  }

  /** Says why there is no active one. */
  String whyNone() {
    if (awaited) {
      return "the technique " + used + " has left or is not there yet";
    }
    if (known.isEmpty()) {
      return "no filter technique is installed";
    }
    List<String> reasons =
        known.stream().map(t -> t.name() + ": " + String.join("; ", t.probe().details())).toList();
    return "no filter technique can be used here: " + String.join(" | ", reasons);
  }

  private void publish() {
    Optional<Technique> active = active();
    List<TechniqueStatus> list = new ArrayList<>();
    active.ifPresent(t -> list.add(new TechniqueStatus(t.name(), Use.ACTIVE, t.probe().details())));
    for (Technique t : known) {
      if (active.filter(t::equals).isEmpty()) {
        Use use = t.probe().usable() ? Use.AVAILABLE : Use.UNUSABLE;
        list.add(new TechniqueStatus(t.name(), use, t.probe().details()));
      }
    }
    statuses = List.copyOf(list);
  }

  /** A technique and what it found on the host. */
  record Technique(String name, int ranking, FilterTechnique service, TechniqueProbe probe) {}
}
