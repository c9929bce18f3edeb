package org.virt.nwfilter.internal.manager;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.NetworkFilter;
import org.virt.nwfilter.internal.compile.Definitions;
import org.virt.nwfilter.internal.xml.FilterDefinition;
import org.virt.nwfilter.internal.xml.FilterXml;

/** Defines and undefines filters: all ports follow, or nothing has changed. Of the loop. */
final class Redefinition {
  private final Engine engine;

  Redefinition(Engine engine) {
    this.engine = engine;
  }

  NetworkFilter define(FilterDefinition given) throws VirtException {
    Definitions old = engine.definitions;
    FilterDefinition definition = identified(old, given);
    old.check(definition);
    Optional<FilterDefinition> before = old.find(definition.name());
    if (before.filter(definition::equals).isPresent()) {
      return view(definition);
    }
    Definitions next = old.with(definition);
    List<Port> reached = reached(next, definition.name());
    Planner planner = new Planner(next, true);
    for (Port port : reached) {
      // Refuses a variable that the port lacks; only an address can be learned later.
      planner.check(port.binding);
    }
    engine.filterStore.save(definition);
    try {
      engine.enforcer.redefine(next, reached);
    } catch (VirtException e) {
      takeBack(definition, before);
      throw new VirtException(
          e.code(), "define filter " + definition.name() + ": " + e.getMessage(), e);
    }
    engine.definitions = next;
    return view(definition);
  }

  private void takeBack(FilterDefinition definition, Optional<FilterDefinition> before)
      throws VirtException {
    boolean standard = before.equals(engine.filterStore.standard(definition.name()));
    if (before.isPresent() && !standard) {
      engine.filterStore.save(before.get());
    } else {
      engine.filterStore.delete(definition);
    }
  }

  /** Gives a filter the UUID that its name has, or a new one; a UUID stays with its name. */
  private static FilterDefinition identified(Definitions old, FilterDefinition given)
      throws VirtException {
    Optional<UUID> known = old.find(given.name()).flatMap(FilterDefinition::uuid);
    if (given.uuid().isEmpty()) {
      return given.withUuid(known.orElseGet(UUID::randomUUID));
    }
    UUID uuid = given.uuid().get();
    Optional<FilterDefinition> holder = old.find(uuid.toString());
    if (holder.isPresent() && !holder.get().name().equals(given.name())) {
      throw failed(given, "UUID " + uuid + " belongs to filter " + holder.get().name());
    }
    if (known.isPresent() && !known.get().equals(uuid)) {
      throw failed(given, "it exists with UUID " + known.get());
    }
    return given;
  }

  private static VirtException failed(FilterDefinition filter, String why) {
    return new VirtException(
        ErrorCode.OPERATION_FAILED, "define filter " + filter.name() + ": " + why);
  }

  private List<Port> reached(Definitions definitions, String name) {
    return engine.ports.all().stream()
        .filter(port -> definitions.reachable(port.binding.filter().filter()).contains(name))
        .toList();
  }

  void undefine(String nameOrUuid) throws VirtException {
    FilterDefinition definition = find(engine.definitions, nameOrUuid);
    String name = definition.name();
    Optional<FilterDefinition> standard = engine.filterStore.standard(name);
    if (standard.isPresent()) {
      undefineStandard(definition, standard.get());
      return;
    }
    Set<String> referrers = engine.definitions.referrers(name);
    if (!referrers.isEmpty()) {
      throw inUse(name, "filter " + referrers.iterator().next() + " refers to it");
    }
    for (Port port : engine.ports.all()) {
      if (port.binding.filter().filter().equals(name)) {
        throw inUse(name, "it protects " + port.ref);
      }
    }
    engine.filterStore.delete(definition);
    engine.definitions = engine.definitions.without(name);
  }

  /** A standard filter that was redefined becomes the standard one again. */
  private void undefineStandard(FilterDefinition definition, FilterDefinition standard)
      throws VirtException {
    if (definition.equals(standard)) {
      throw inUse(definition.name(), "it is one of the standard filters");
    }
    Definitions next = engine.definitions.with(standard);
    engine.enforcer.redefine(next, reached(next, definition.name()));
    engine.filterStore.delete(definition);
    engine.definitions = next;
  }

  private static VirtException inUse(String name, String why) {
    return new VirtException(ErrorCode.OPERATION_INVALID, "undefine filter " + name + ": " + why);
  }

  static FilterDefinition find(Definitions definitions, String nameOrUuid) throws VirtException {
    return definitions
        .find(nameOrUuid)
        .orElseThrow(
            () ->
                new VirtException(
                    ErrorCode.NO_NWFILTER, "no network filter is named '" + nameOrUuid + "'"));
  }

  static NetworkFilter view(FilterDefinition definition) {
    return new NetworkFilter(
        definition.uuid().orElseThrow(),
        definition.name(),
        FilterXml.print(definition),
        FilterXml.faults(definition));
  }
}
