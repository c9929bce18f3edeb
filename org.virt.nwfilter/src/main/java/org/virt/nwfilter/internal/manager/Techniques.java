package org.virt.nwfilter.internal.manager;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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
  private String chosen;

  /** Published for readers. */
  private volatile List<TechniqueStatus> statuses = List.of();

  Techniques(String chosen) {
    this.chosen = chosen;
  }

  void add(String name, int ranking, FilterTechnique service) {
    known.add(new Technique(name, ranking, service, probe(name, service)));
    known.sort(Comparator.comparingInt(Technique::ranking).reversed());
    publish();
  }

  /** Forgets a technique; returns its name when it was the active one. */
  Optional<String> remove(FilterTechnique service) {
    Optional<String> active = active().filter(t -> t.service() == service).map(Technique::name);
    known.removeIf(t -> t.service() == service);
    publish();
    return active;
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

  /** Returns the one that new rules are committed to: the chosen one, else the first usable one. */
  Optional<Technique> active() {
    Optional<Technique> wanted = find(chosen).filter(t -> t.probe().usable());
    return wanted.isPresent() ? wanted : known.stream().filter(t -> t.probe().usable()).findFirst();
  }

  Optional<Technique> find(String name) {
    return known.stream().filter(t -> t.name().equals(name)).findFirst();
  }

  void choose(String name) {
    chosen = name;
    publish();
  }

  List<TechniqueStatus> statuses() {
    return statuses;
  }

  /** Says why there is no active one. */
  String whyNone() {
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
