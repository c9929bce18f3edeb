package org.virt.driver.qemu.internal.machine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Facts;
import org.virt.driver.qemu.internal.guest.Refusal;
import org.virt.driver.qemu.internal.host.Kvm;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.Interface;

/** Chooses what the ends of a machine's cards on the host will be, and makes none. */
final class PortPlan {
  /** Numbers are not used again soon: who still watches a name would take it for the old one. */
  private static final AtomicInteger NEXT = new AtomicInteger();

  private final HostNetwork network;

  PortPlan(HostNetwork network) {
    this.network = network;
  }

  /**
   * Chooses the interfaces of a machine, and makes none.
   *
   * @param config a machine whose cards have aliases; the names are filled in
   */
  List<Port> of(DomainConfig config) throws VirtException {
    List<Port> ports = new ArrayList<>();
    for (Interface net : config.devices.interfaces) {
      String path = path(config, net);
      if ("network".equals(net.type)) {
        throw new VirtException(
            ErrorCode.NO_NETWORK,
            path + ": the QEMU driver has no virtual networks yet; use type 'bridge'");
      }
      if (!String.valueOf(net.type).matches("bridge|ethernet|direct")) {
        continue;
      }
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
        net.target.dev = freeName("direct".equals(net.type) ? "macvtap" : "vnet");
      }
      PortId name = portId(path + "/target/@dev", net.target.dev);
      ports.add(
          new Port(
              net.alias.name,
              name,
              net.macAddress(),
              kind(net, name),
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

  /** What the administrator has made may be of either kind. */
  private Port.Kind kind(Interface net, PortId name) throws VirtException {
    boolean direct =
        "direct".equals(net.type)
            || "no".equals(net.target.managed)
                && network
                    .links()
                    .find(name)
                    .filter(link -> link.kind().equals(Port.Kind.MACVTAP.link))
                    .isPresent();
    return direct ? Port.Kind.MACVTAP : Port.Kind.TAP;
  }

  private static String path(DomainConfig config, Interface net) {
    int place = config.devices.interfaces.indexOf(net) + 1;
    return "/domain/devices/interface[" + place + "]";
  }

  /** Reads an interface's name. */
  static PortId portId(String path, String name) throws VirtException {
    try {
      return new PortId(name);
    } catch (IllegalArgumentException e) {
      throw Refusal.of(path, e.getMessage());
    }
  }

  private String freeName(String prefix) throws VirtException {
    while (true) {
      String name = prefix + NEXT.getAndIncrement();
      if (network.links().find(new PortId(name)).isEmpty()) {
        return name;
      }
    }
  }

  /**
   * Returns how QEMU opens each interface, by alias.
   *
   * @param names what QEMU calls open files
   */
  static Map<String, Facts.Tap> taps(
      DomainConfig config, List<Port> ports, Function<TapFile, String> names) throws VirtException {
    Map<String, Facts.Tap> taps = new HashMap<>();
    List<TapFile> all = TapFile.all(config, ports);
    for (Port port : ports) {
      Interface net = card(config, port.alias());
      Facts.Headers headers = isVirtio(net) ? Facts.Headers.VIRTIO : Facts.Headers.NONE;
      if (port.owner() == Port.Owner.ADMINISTRATOR) {
        headers = Facts.Headers.AS_IT_IS;
      }
      List<String> files =
          all.stream().filter(file -> file.port().equals(port)).map(names).toList();
      taps.put(
          port.alias(), new Facts.Tap(port.name().name(), headers, backend(config, net), files));
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

  /** Says whether a card is a virtio one. */
  static boolean isVirtio(Interface net) {
    return String.valueOf(net.model.type).startsWith("virtio");
  }

  /** Returns the card of an alias. */
  static Interface card(DomainConfig config, String alias) {
    return config.devices.interfaces.stream()
        .filter(net -> net.alias.name.equals(alias))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no card " + alias));
  }
}
