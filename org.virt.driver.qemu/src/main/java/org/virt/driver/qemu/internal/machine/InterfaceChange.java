package org.virt.driver.qemu.internal.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;
import org.virt.model.edit.DeviceEdit;
import org.virt.model.edit.DomainTree;

/** Changes an interface of a run: its link and its filter. The caller has the machine's gate. */
record InterfaceChange(MachineHost host, Machine machine, Run run) {
  private static final String FILTER = "filterref";

  /** Changes it, and returns it as it is then. */
  XmlElement change(DomainTree tree, XmlElement old, XmlElement wanted) throws VirtException {
    for (String part : new String[] {"mac", "model", "source"}) {
      Optional<XmlElement> asked = wanted.child(part);
      boolean same =
          asked.isEmpty()
              || old.child(part).filter(o -> sameAttributes(o, asked.get())).isPresent();
      if (!same) {
        throw new VirtException(
            ErrorCode.OPERATION_UNSUPPORTED,
            "<" + part + "> of a running domain's interface cannot be changed");
      }
    }
    Optional<XmlElement> filter = wanted.child(FILTER);
    Optional<Map<String, List<String>>> now = old.child(FILTER).map(InterfaceChange::meaning);
    if (!filter.map(InterfaceChange::meaning).equals(now)) {
      old.child(FILTER).ifPresent(old::remove);
      filter.ifPresent(old::append);
      filter(DeviceEdit.alias(old), DomainXml.parse(tree.xml()));
    }
    String state = wanted.child("link").map(l -> l.attribute("state")).orElse("up");
    run.execute(
        "set_link", Json.object("name", DeviceEdit.alias(old), "up", !"down".equals(state)));
    old.make("link").set("state", state);
    return old;
  }

  private static boolean sameAttributes(XmlElement one, XmlElement wanted) {
    return wanted.attributes().stream().allMatch(a -> a.value().equals(one.attribute(a.name())));
  }

  /** Returns a filter and its parameters, whose order among different names says nothing. */
  private static Map<String, List<String>> meaning(XmlElement filter) {
    Map<String, List<String>> all = new TreeMap<>();
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
    Port port =
        run.ports.stream()
            .filter(p -> p.alias().equals(alias))
            .findFirst()
            .orElseThrow(
                () ->
                    new VirtException(
                        ErrorCode.CONFIG_UNSUPPORTED, "only an interface of the host is filtered"));
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

  private void keep(DomainConfig config, Port old, Port next) throws VirtException {
    run.live.replace(config);
    run.ports.replaceAll(port -> port.equals(old) ? next : port);
    host.states().save(machine, run, RunState.Phase.RUNNING);
  }
}
