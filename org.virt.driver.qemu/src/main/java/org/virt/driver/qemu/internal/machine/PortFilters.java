package org.virt.driver.qemu.internal.machine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.FilterManager;
import org.virt.api.nwfilter.FilterReference;
import org.virt.common.net.Link;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.Interface;

/** Has the filter manager protect the interfaces of machines; what cannot be protected is shut. */
final class PortFilters {
  private static final Logger LOG = LoggerFactory.getLogger(PortFilters.class);

  private final HostNetwork network;
  private final Binder binder;

  PortFilters(HostNetwork network) {
    this(network, FilterManager::bind);
  }

  private PortFilters(HostNetwork network, Binder binder) {
    this.network = network;
    this.binder = binder;
  }

  /** Has a port protected. */
  @FunctionalInterface
  private interface Binder {
    void bind(FilterManager manager, FilterBinding binding) throws VirtException;
  }

  /** Does the same for a machine that goes on where it was saved: its leases still hold. */
  PortFilters ofRestored() {
    return new PortFilters(network, FilterManager::bindRestored);
  }

  /** Has a port protected, or throws and leaves it down. */
  void bind(DomainConfig config, Port port) throws VirtException {
    FilterManager manager =
        network
            .filters()
            .orElseThrow(
                () ->
                    new VirtException(
                        ErrorCode.BUILD_FIREWALL,
                        "protect " + port.name() + ": no filter manager (org.virt.nwfilter) runs"));
    Interface net = PortPlan.card(config, port.alias());
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    for (Interface.Parameter parameter : net.filterref.parameters) {
      parameters.computeIfAbsent(parameter.name, name -> new ArrayList<>()).add(parameter.value);
    }
    binder.bind(
        manager,
        new FilterBinding(
            new FilterBinding.Owner(config.name, config.domainId().uuid()),
            port.name(),
            "direct".equals(net.type) ? Optional.of(Macvtaps.lower(net)) : Optional.empty(),
            port.mac(),
            new FilterReference(net.filterref.filter, parameters)));
  }

  /** Says whether a card of a configuration is to be filtered. */
  static Port.Filter filter(DomainConfig config, String alias) {
    return PortPlan.card(config, alias).filterref == null ? Port.Filter.NONE : Port.Filter.BOUND;
  }

  /**
   * Has a port that is in use filtered in another way, or no more. With an error it is filtered as
   * before; where that is not at all, or cannot be, it is shut.
   *
   * @param before the port as it is
   * @param next the same as it is to be
   */
  void refilter(DomainConfig config, Port before, Port next) throws VirtException {
    if (next.filter() == Port.Filter.NONE) {
      unbind(before);
      return;
    }
    if (before.filter() == Port.Filter.BOUND) {
      bind(config, next); // with an error the manager has the old rules in force, or shuts it
      return;
    }
    int index = network.existing(next.name()).index();
    network.links().down(index);
    try {
      bind(config, next);
    } catch (VirtException e) {
      if (e.code() == ErrorCode.BUILD_FIREWALL) {
        unbind(next);
        throw new VirtException(e.code(), e.getMessage() + "; " + next.name() + " is shut", e);
      }
      network.links().up(index); // nothing was tried: it is as it was
      throw e;
    }
    network.links().up(index);
  }

  boolean hasManager() {
    return network.filters().isPresent();
  }

  /** Has the port of a running machine protected, or shuts it. */
  void protect(DomainConfig config, Port port) {
    try {
      bind(config, port);
    } catch (VirtException e) {
      LOG.error("domain {}: {} is shut: {}", config.name, port.name(), e.getMessage());
      shut(port);
    }
  }

  /** Switches a port off. */
  void shut(Port port) {
    try {
      Optional<Link> link = network.links().find(port.name());
      if (link.isPresent()) {
        network.links().down(link.get().index());
      }
    } catch (VirtException e) {
      LOG.error("interface {} is still on: {}", port.name(), e.getMessage());
    }
  }

  /** Says whether a port that should be protected is bound. */
  boolean isBound(Port port) {
    return network.filters().stream()
        .flatMap(manager -> manager.bindings().stream())
        .anyMatch(binding -> binding.port().equals(port.name()));
  }

  /** Ends the protection of a port. */
  void unbind(Port port) {
    if (port.filter() != Port.Filter.BOUND || network.filters().isEmpty()) {
      return;
    }
    try {
      network.filters().get().unbind(port.name());
    } catch (VirtException e) {
      // The manager has noticed by itself that the interface is gone.
      if (e.code() != ErrorCode.NO_NWFILTER_BINDING) {
        LOG.warn("end the protection of {}: {}", port.name(), e.getMessage());
      }
    }
  }
}
