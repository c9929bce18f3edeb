package org.virt.driver.qemu.internal.machine;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.MacAddress;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;
import org.virt.common.net.Link;
import org.virt.common.net.Links;
import org.virt.common.net.TapRequest;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.driver.qemu.internal.guest.Refusal;
import org.virt.driver.qemu.internal.linux.Account;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;
import org.virt.model.domain.Interface;
import org.virt.model.edit.DeviceEdit;
import org.virt.model.edit.DomainTree;

/**
 * Makes and removes the interfaces of machines. A filtered one is down and outside of its bridge
 * until the filter manager has it in force or closed.
 */
final class Ports {
  private static final Logger LOG = LoggerFactory.getLogger(Ports.class);
  private static final int DEFAULT_MTU = 1500;

  private static final Path TUN = Path.of("/dev/net/tun");

  private final HostNetwork network;
  private final PortFilters filters;

  Ports(HostNetwork network) {
    this(network, new PortFilters(network));
  }

  private Ports(HostNetwork network, PortFilters filters) {
    this.network = network;
    this.filters = filters;
  }

  /** Makes the same for a machine that goes on where it was saved: its leases still hold. */
  Ports ofRestored() {
    return new Ports(network, filters.ofRestored());
  }

  /** Returns what has them protected. */
  PortFilters filters() {
    return filters;
  }

  /**
   * Chooses the interfaces of a machine, and makes none.
   *
   * @param config a machine whose cards have aliases; the names are filled in
   */
  List<Port> plan(DomainConfig config) throws VirtException {
    return new PortPlan(network).of(config);
  }

  /** Makes a planned interface: in its bridge, in force or closed, and down all the while. */
  void open(Run run, DomainConfig config, Port port, Undo undo) throws VirtException {
    Links links = network.links();
    Interface net = PortPlan.card(config, port.alias());
    Optional<Link> bridge =
        "bridge".equals(net.type)
            ? Optional.of(bridge(net.source == null ? null : net.source.bridge))
            : Optional.empty();
    Link link;
    if (port.owner() == Port.Owner.DRIVER) {
      link = create(run.account(), net, port);
      int index = link.index();
      undo.add(() -> removeNew(port, index));
      if (port.kind() == Port.Kind.TAP) {
        links.mac(index, port.hostMac());
        int mtu = mtu(net, bridge);
        if (mtu != link.mtu()) {
          links.mtu(index, mtu);
        }
      }
    } else {
      link = network.existing(port.name());
      if (port.filter() == Port.Filter.BOUND) {
        links.down(link.index());
        undo.add(() -> remove(port));
      }
    }
    limit(config, port);
    if (bridge.isPresent()) {
      links.join(link.index(), bridge.get().name());
    }
    if (port.filter() == Port.Filter.BOUND) {
      filters.bind(config, port);
    }
  }

  private Link create(Optional<Account> user, Interface net, Port port) throws VirtException {
    if (user.isPresent() && port.kind() == Port.Kind.TAP) {
      user.get().require(Account.READ | Account.WRITE, TUN);
    }
    return port.kind() == Port.Kind.MACVTAP
        ? macvtaps().create(net, port)
        : network.links().createTap(request(user, net, port));
  }

  /**
   * Returns the paths of the files of macvtaps that QEMU gets.
   *
   * @param folder where they are made if need be
   */
  List<Path> files(List<TapFile> taps, Path folder) throws VirtException {
    return taps.isEmpty() ? List.of() : macvtaps().paths(taps, folder);
  }

  private Macvtaps macvtaps() throws VirtException {
    return new Macvtaps(network.links());
  }

  private static void limit(DomainConfig config, Port port) throws VirtException {
    XmlElement card = DeviceEdit.alias(new DomainTree(DomainXml.tree(config)), port.alias());
    Bandwidth.of(card).apply(port.name());
  }

  private static TapRequest request(Optional<Account> user, Interface net, Port port)
      throws VirtException {
    Set<TapRequest.Feature> features =
        !PortPlan.isVirtio(net)
            ? Set.of()
            : TapFile.queues(net) > 1
                ? Set.of(TapRequest.Feature.VNET_HDR, TapRequest.Feature.MULTI_QUEUE)
                : Set.of(TapRequest.Feature.VNET_HDR);
    return new TapRequest(port.name(), user.map(Account::uid).orElse(0), features);
  }

  private Link bridge(String name) throws VirtException {
    if (name == null) {
      throw Refusal.value("/domain/devices/interface/source/@bridge", null);
    }
    PortId id = PortPlan.portId("/domain/devices/interface/source/@bridge", name);
    Optional<Link> bridge = network.links().find(id).filter(link -> link.kind().equals("bridge"));
    if (bridge.isEmpty()) {
      throw new VirtException(ErrorCode.NO_INTERFACE, "there is no bridge '" + name + "'");
    }
    return bridge.get();
  }

  /** Puts a port into another bridge; its rules, which go by its name, stay in force. */
  void move(Port port, String bridge) throws VirtException {
    PortId to = bridge(bridge).name();
    network.links().join(network.existing(port.name()).index(), to);
  }

  private static int mtu(Interface net, Optional<Link> bridge) throws VirtException {
    return net.mtu == null || net.mtu.size == null
        ? bridge.map(Link::mtu).orElse(DEFAULT_MTU)
        : (int) Numbers.parse(net.mtu.size);
  }

  /** Switches a port on, now that somebody reads from it. */
  void up(Port port) throws VirtException {
    network.links().up(network.existing(port.name()).index());
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
    filters.unbind(port);
    if (port.owner() == Port.Owner.ADMINISTRATOR && port.filter() == Port.Filter.BOUND) {
      filters.shut(port); // the end of a binding takes up what was taken down for lack of rules
    }
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
    filters.unbind(port);
  }

  private static boolean isOurs(Port port, MacAddress mac, String kind) {
    return port.owner() == Port.Owner.DRIVER
        && kind.equals(port.kind().link)
        && mac.equals(port.hostMac());
  }
}
