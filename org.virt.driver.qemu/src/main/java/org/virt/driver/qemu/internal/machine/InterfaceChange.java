package org.virt.driver.qemu.internal.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;
import org.virt.driver.qemu.internal.guest.Refusal;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;
import org.virt.model.edit.DeviceEdit;
import org.virt.model.edit.DomainTree;

/**
 * Changes an interface of a run: its link, its bridge, how fast it is, and its filter. The caller
 * has the machine's gate.
 */
record InterfaceChange(MachineHost host, Machine machine, Run run) {
  private static final String FILTER = "filterref";
  private static final String BANDWIDTH = "bandwidth";
  private static final String SOURCE = "source";
  private static final Logger LOG = LoggerFactory.getLogger(InterfaceChange.class);

  /** What stays as it is. */
  private static final List<String> FIXED =
      List.of("mac", "model", "driver", "target", "script", "boot", "rom", "mtu", "address");

  /** Changes it, and returns it as it is then; with an error it is as it was. */
  XmlElement change(DomainTree tree, XmlElement old, XmlElement wanted) throws VirtException {
    check(old, wanted);
    String alias = DeviceEdit.alias(old);
    String bridge = bridge(old);
    String nextBridge = wanted.child(SOURCE).isPresent() ? bridge(wanted) : bridge;
    Bandwidth limits = Bandwidth.of(old);
    Bandwidth nextLimits = Bandwidth.of(wanted);
    DomainConfig config = run.live.config();
    try (Undo undo = new Undo()) {
      if (!meaning(wanted.child(FILTER)).equals(meaning(old.child(FILTER)))) {
        put(FILTER, old, wanted);
        filter(alias, DomainXml.parse(tree.xml()));
        undo.add(() -> back("filter", alias, () -> filter(alias, config)));
      }
      if (!Objects.equals(bridge, nextBridge)) {
        put(SOURCE, old, wanted);
        undo.add(() -> back("bridge", alias, () -> host.ports().move(port(alias), bridge)));
        host.ports().move(port(alias), nextBridge);
      }
      if (!limits.equals(nextLimits)) {
        put(BANDWIDTH, old, wanted);
        nextLimits.replace(limits, port(alias).name());
        undo.add(
            () -> back(BANDWIDTH, alias, () -> limits.replace(nextLimits, port(alias).name())));
      }
      String state = wanted.child("link").map(l -> l.attribute("state")).orElse("up");
      run.execute("set_link", Json.object("name", alias, "up", !"down".equals(state)));
      old.make("link").set("state", state);
      undo.keep();
    }
    return old;
  }

  /** Refuses what cannot be changed while the machine runs. */
  private static void check(XmlElement old, XmlElement wanted) throws VirtException {
    if (wanted.attribute("type") != null && !sameAttributes(old, wanted)) {
      throw fixed("the type");
    }
    for (String part : FIXED) {
      Optional<XmlElement> asked = wanted.child(part);
      boolean same =
          asked.isEmpty()
              || old.child(part).filter(o -> sameAttributes(o, asked.get())).isPresent();
      if (!same) {
        throw fixed("<" + part + ">");
      }
    }
    Optional<XmlElement> source = wanted.child(SOURCE);
    boolean bridged = "bridge".equals(old.attribute("type"));
    if (source.isPresent() && bridged && bridge(wanted) == null) {
      throw Refusal.value("/interface/source/@bridge", null);
    }
    if (source.isPresent()
        && !bridged
        && old.child(SOURCE).filter(o -> sameAttributes(o, source.get())).isEmpty()) {
      throw fixed("<source>");
    }
  }

  private static VirtException fixed(String part) {
    return new VirtException(
        ErrorCode.OPERATION_UNSUPPORTED,
        part + " of a running domain's interface cannot be changed");
  }

  private static String bridge(XmlElement card) {
    return card.child(SOURCE).map(source -> source.attribute("bridge")).orElse(null);
  }

  /** Puts a part of what is wanted in place of what there is, or takes it away. */
  private static void put(String part, XmlElement old, XmlElement wanted) {
    old.child(part).ifPresent(old::remove);
    wanted.child(part).ifPresent(old::append);
  }

  /** A change that is taken back. */
  @FunctionalInterface
  private interface Step {
    void run() throws VirtException;
  }

  private void back(String part, String alias, Step step) {
    try {
      step.run();
    } catch (VirtException e) {
      LOG.error(
          "domain {}: {} of {} is not as before: {}", machine.name, part, alias, e.getMessage());
    }
  }

  private static boolean sameAttributes(XmlElement one, XmlElement wanted) {
    return wanted.attributes().stream().allMatch(a -> a.value().equals(one.attribute(a.name())));
  }

  /** Returns a filter and its parameters, whose order among different names says nothing. */
  private static Map<String, List<String>> meaning(Optional<XmlElement> reference) {
    Map<String, List<String>> all = new TreeMap<>();
    if (reference.isEmpty()) {
      return all;
    }
    XmlElement filter = reference.get();
    all.put("", List.of(String.valueOf(filter.attribute("filter"))));
    for (XmlElement parameter : filter.children("parameter")) {
      all.computeIfAbsent(String.valueOf(parameter.attribute("name")), name -> new ArrayList<>())
          .add(String.valueOf(parameter.attribute("value")));
    }
    return all;
  }

  /**
   * Has the port of a card filtered as a configuration says. What is to be in force is kept first:
   * whoever finds the run after a crash sees to it.
   */
  private void filter(String alias, DomainConfig next) throws VirtException {
    Port port = port(alias);
    Port filtered = port.with(PortFilters.filter(next, alias));
    DomainConfig before = run.live.config();
    next.id = before.id;
    keep(next, port, filtered);
    try {
      host.ports().filters().refilter(next, port, filtered);
    } catch (VirtException e) {
      keep(before, filtered, port);
      throw e;
    }
  }

  private Port port(String alias) throws VirtException {
    return run.ports.stream()
        .filter(port -> port.alias().equals(alias))
        .findFirst()
        .orElseThrow(
            () ->
                new VirtException(
                    ErrorCode.CONFIG_UNSUPPORTED,
                    "only an interface of the host is filtered, limited or in a bridge"));
  }

  private void keep(DomainConfig config, Port old, Port next) throws VirtException {
    run.live.replace(config);
    run.ports.replaceAll(port -> port.equals(old) ? next : port);
    host.states().save(machine, run, RunState.Phase.RUNNING);
  }
}
