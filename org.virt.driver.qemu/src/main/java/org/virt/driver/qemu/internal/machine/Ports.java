package org.virt.driver.qemu.internal.machine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.FilterManager;
import org.virt.api.nwfilter.FilterReference;
import org.virt.common.net.Link;
import org.virt.common.net.Links;
import org.virt.common.net.TapRequest;
import org.virt.driver.qemu.internal.guest.Facts;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.driver.qemu.internal.guest.Refusal;
import org.virt.driver.qemu.internal.host.Kvm;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.Interface;

/**
 * Makes and removes the interfaces of machines. A filtered one is down and outside of its bridge
 * until the filter manager has it in force or closed.
 */
final class Ports {
  private static final Logger LOG = LoggerFactory.getLogger(Ports.class);
  private static final int DEFAULT_MTU = 1500;
  private static final String TAP = "tun";

  /** Numbers are not used again soon: who still watches a name would take it for the old one. */
  private static final AtomicInteger NEXT = new AtomicInteger();

  private final HostNetwork network;

  Ports(HostNetwork network) {
    this.network = network;
  }

  /**
   * Chooses the interfaces of a machine, and makes none.
   *
   * @param config a machine whose cards have aliases; the names are filled in
   */
  List<Port> plan(DomainConfig config) throws VirtException {
    List<Port> ports = new ArrayList<>();
    for (Interface net : config.devices.interfaces) {
      if (!String.valueOf(net.type).matches("bridge|ethernet")) {
        continue;
      }
      String path = path(config, net);
      if (net.target == null) {
        net.target = new Interface.Target();
      }
      boolean existing = "no".equals(net.target.managed);
      if (!existing && !User.isRoot()) {
        throw new VirtException(
            ErrorCode.OPERATION_DENIED,
            path
                + "/@type: only root makes interfaces of type '"
                + net.type
                + "'; use type 'user', or an existing one with managed='no'");
      }
      if (net.target.dev == null) {
        if (existing) {
          throw Refusal.value(path + "/target/@dev", null);
        }
        net.target.dev = freeName();
      }
      ports.add(
          new Port(
              net.alias.name,
              portId(path, net.target.dev),
              net.macAddress(),
              existing ? Port.Owner.ADMINISTRATOR : Port.Owner.DRIVER,
              net.filterref == null ? Port.Filter.NONE : Port.Filter.BOUND));
    }
    if (HostNetwork.isFiltered(ports) && network.filters().isEmpty()) {
      throw new VirtException(
          ErrorCode.BUILD_FIREWALL,
          "an interface has a filter, and no filter manager (org.virt.nwfilter) runs");
    }
    return ports;
  }

  private static String path(DomainConfig config, Interface net) {
    int place = config.devices.interfaces.indexOf(net) + 1;
    return "/domain/devices/interface[" + place + "]";
  }

  private static PortId portId(String path, String name) throws VirtException {
    try {
      return new PortId(name);
    } catch (IllegalArgumentException e) {
      throw Refusal.of(path + "/target/@dev", e.getMessage());
    }
  }

  private String freeName() throws VirtException {
    while (true) {
      String name = "vnet" + NEXT.getAndIncrement();
      if (network.links().find(new PortId(name)).isEmpty()) {
        return name;
      }
    }
  }

  /** Returns how QEMU opens each interface, by alias. */
  static Map<String, Facts.Tap> taps(DomainConfig config, List<Port> ports) throws VirtException {
    Map<String, Facts.Tap> taps = new HashMap<>();
    for (Port port : ports) {
      Interface net = card(config, port.alias());
      Facts.Headers headers = isVirtio(net) ? Facts.Headers.VIRTIO : Facts.Headers.NONE;
      if (port.owner() == Port.Owner.ADMINISTRATOR) {
        headers = Facts.Headers.AS_IT_IS;
      }
      taps.put(port.alias(), new Facts.Tap(port.name().name(), headers, backend(config, net)));
    }
    return taps;
  }

  private static Facts.Backend backend(DomainConfig config, Interface net) throws VirtException {
    String asked = net.driver == null || net.driver.name == null ? "" : net.driver.name;
    String path = path(config, net) + "/driver/@name";
    switch (asked) {
      case "" -> {
        boolean able = isVirtio(net) && "kvm".equals(config.type) && Kvm.hasVhost();
        return able ? Facts.Backend.VHOST : Facts.Backend.QEMU;
      }
      case "qemu" -> {
        return Facts.Backend.QEMU;
      }
      case "vhost" -> {
        if (!isVirtio(net) || !Kvm.hasVhost()) {
          throw Refusal.of(path, "'vhost' needs model 'virtio' and /dev/vhost-net");
        }
        return Facts.Backend.VHOST;
      }
      default -> throw Refusal.value(path, asked);
    }
  }

  private static boolean isVirtio(Interface net) {
    return String.valueOf(net.model.type).startsWith("virtio");
  }

  private static Interface card(DomainConfig config, String alias) {
    return config.devices.interfaces.stream()
        .filter(net -> net.alias.name.equals(alias))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no card " + alias));
  }

  /** Makes a planned interface: in its bridge, in force or closed, and down all the while. */
  void open(DomainConfig config, Port port, Undo undo) throws VirtException {
    Links links = network.links();
    Interface net = card(config, port.alias());
    Optional<Link> bridge = bridge(links, net);
    Link link;
    if (port.owner() == Port.Owner.DRIVER) {
      link = links.createTap(request(net, port));
      int index = link.index();
      undo.add(() -> removeNew(port, index));
      links.mac(index, port.hostMac());
      int mtu = mtu(net, bridge);
      if (mtu != link.mtu()) {
        links.mtu(link.index(), mtu);
      }
    } else {
      link = existing(links, port.name());
      if (port.filter() == Port.Filter.BOUND) {
        links.down(link.index());
        undo.add(() -> remove(port));
      }
    }
    if (bridge.isPresent()) {
      links.join(link.index(), bridge.get().name());
    }
    if (port.filter() == Port.Filter.BOUND) {
      bind(config, port);
    }
  }

  private static TapRequest request(Interface net, Port port) {
    boolean queues =
        net.driver != null && net.driver.queues != null && !"1".equals(net.driver.queues);
    Set<TapRequest.Feature> features =
        !isVirtio(net)
            ? Set.of()
            : queues
                ? Set.of(TapRequest.Feature.VNET_HDR, TapRequest.Feature.MULTI_QUEUE)
                : Set.of(TapRequest.Feature.VNET_HDR);
    return new TapRequest(port.name(), 0, features);
  }

  private static Optional<Link> bridge(Links links, Interface net) throws VirtException {
    if (!"bridge".equals(net.type)) {
      return Optional.empty();
    }
    String name = net.source == null ? null : net.source.bridge;
    if (name == null) {
      throw Refusal.value("/domain/devices/interface/source/@bridge", null);
    }
    PortId id = portId("/domain/devices/interface/source", name);
    Optional<Link> bridge = links.find(id).filter(link -> link.kind().equals("bridge"));
    if (bridge.isEmpty()) {
      throw new VirtException(ErrorCode.NO_INTERFACE, "there is no bridge '" + name + "'");
    }
    return bridge;
  }

  private static int mtu(Interface net, Optional<Link> bridge) throws VirtException {
    return net.mtu == null || net.mtu.size == null
        ? bridge.map(Link::mtu).orElse(DEFAULT_MTU)
        : (int) Numbers.parse(net.mtu.size);
  }

  private static Link existing(Links links, PortId name) throws VirtException {
    return links
        .find(name)
        .orElseThrow(
            () ->
                new VirtException(
                    ErrorCode.NO_INTERFACE,
                    "there is no interface '" + name + "', which managed='no' says is there"));
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
    Interface net = card(config, port.alias());
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    for (Interface.Parameter parameter : net.filterref.parameters) {
      parameters.computeIfAbsent(parameter.name, name -> new ArrayList<>()).add(parameter.value);
    }
    manager.bind(
        new FilterBinding(
            new FilterBinding.Owner(config.name, config.domainId().uuid()),
            port.name(),
            Optional.empty(),
            port.mac(),
            new FilterReference(net.filterref.filter, parameters)));
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

  private void shut(Port port) {
    try {
      Optional<Link> link = network.links().find(port.name());
      if (link.isPresent()) {
        network.links().down(link.get().index());
      }
    } catch (VirtException e) {
      LOG.error("interface {} is still on: {}", port.name(), e.getMessage());
    }
  }

  /** Switches a port on, now that somebody reads from it. */
  void up(Port port) throws VirtException {
    network.links().up(existing(network.links(), port.name()).index());
  }

  /** Says whether a port that should be protected is bound. */
  boolean isBound(Port port) {
    return network.filters().stream()
        .flatMap(manager -> manager.bindings().stream())
        .anyMatch(binding -> binding.port().equals(port.name()));
  }

  /** Removes what there is of a port; what is gone already, or is another's, is left alone. */
  void remove(Port port) {
    try {
      Optional<Link> link = network.links().find(port.name());
      boolean gone = link.isEmpty();
      boolean ours = !gone && isOurs(port, link.get().mac(), link.get().kind());
      if (!gone && !ours && port.owner() == Port.Owner.DRIVER) {
        LOG.info(
            "interface {} is not the one that was made for {}, it stays", port.name(), port.mac());
        return;
      }
      if (ours) {
        network.links().delete(port.name());
      } else if (!gone && port.filter() == Port.Filter.BOUND) {
        network.links().down(link.get().index());
      }
    } catch (VirtException e) {
      LOG.warn("remove interface {}: {}", port.name(), e.getMessage());
    }
    unbind(port);
  }

  /** Removes an interface that may not have its address yet. */
  private void removeNew(Port port, int index) {
    try {
      Optional<Link> link = network.links().find(index);
      if (link.isPresent() && link.get().name().equals(port.name())) {
        network.links().delete(port.name());
      }
    } catch (VirtException e) {
      LOG.warn("remove interface {}: {}", port.name(), e.getMessage());
    }
    unbind(port);
  }

  private static boolean isOurs(Port port, MacAddress mac, String kind) {
    return port.owner() == Port.Owner.DRIVER && kind.equals(TAP) && mac.equals(port.hostMac());
  }

  private void unbind(Port port) {
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
