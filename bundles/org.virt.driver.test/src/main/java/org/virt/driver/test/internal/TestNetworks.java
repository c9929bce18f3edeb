package org.virt.driver.test.internal;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virt.api.Domain.Autostart;
import org.virt.api.DomainListeners;
import org.virt.api.ErrorCode;
import org.virt.api.ObjectEvent.Type;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.Affects.Activity;
import org.virt.api.network.NetworkUpdate;
import org.virt.api.network.Networks;
import org.virt.api.network.VirtualNetwork;
import org.virt.api.network.VirtualNetwork.Persistence;
import org.virt.api.network.VirtualNetwork.State;
import org.virt.api.xml.XmlElement;

/** The networks of a host: names and definitions, without a bridge. */
final class TestNetworks implements Networks {
  private static final List<String> ORDER =
      List.of(
          "name",
          "uuid",
          "metadata",
          "forward",
          "bridge",
          "mtu",
          "mac",
          "domain",
          "dns",
          "vlan",
          "bandwidth",
          "port",
          "ip",
          "route",
          "virtualport",
          "portgroup");

  /** Modes of {@code forward} with a bridge of the network's own. */
  private static final Set<String> OWN_BRIDGE = Set.of("none", "nat", "route", "open");

  /** Modes that need an address to route to. */
  private static final Set<String> ROUTED = Set.of("nat", "route");

  private static final Set<String> MODES =
      Set.of("none", "nat", "route", "open", "bridge", "private", "vepa", "passthrough", "hostdev");

  private final TestRegistry<TestNetwork> registry;

  /** Makes the network {@code default}, which is active. */
  TestNetworks(DomainListeners events) {
    registry = new TestRegistry<>(Type.NETWORK, events);
    try {
      registry.start(registry.define(parse(TestHost.resource("network.xml"))));
    } catch (VirtException e) {
      throw new IllegalStateException("make the network default", e);
    }
  }

  @Override
  public synchronized List<VirtualNetwork> networks() {
    return registry.all().stream().map(TestNetworks::describe).toList();
  }

  @Override
  public synchronized VirtualNetwork network(String name) throws VirtException {
    return describe(registry.find(name));
  }

  @Override
  public synchronized String networkXml(String name) throws VirtException {
    return ObjectXml.print(registry.find(name).xml);
  }

  @Override
  public synchronized String networkDefinitionXml(String name) throws VirtException {
    return ObjectXml.print(registry.find(name).definition());
  }

  @Override
  public synchronized void updateNetwork(String name, NetworkUpdate update, Affects affects)
      throws VirtException {
    TestNetwork network = registry.find(name);
    Activity activity = network.active ? Activity.ACTIVE : Activity.INACTIVE;
    boolean live = affects.live(activity);
    boolean config = affects.config(activity);
    if (live && !network.active) {
      throw TestRegistry.invalid("network '" + name + "' is not active");
    }
    if (config && !network.persistent) {
      throw TestRegistry.invalid("network '" + name + "' is transient: it has no definition");
    }
    XmlElement definition = config ? updated(network.definition(), update) : network.definition();
    if (live) {
      network.change(updated(network.xml, update));
    }
    network.define(definition);
  }

  private static XmlElement updated(XmlElement network, NetworkUpdate update) throws VirtException {
    XmlElement copy = ObjectXml.read("network", ObjectXml.print(network));
    NetworkSection.of(update.section()).apply(copy, update);
    return parse(ObjectXml.print(copy)).xml;
  }

  @Override
  public synchronized String defineNetwork(String xml) throws VirtException {
    return registry.define(parse(xml)).name;
  }

  @Override
  public synchronized String createNetwork(String xml) throws VirtException {
    return registry.create(parse(xml)).name;
  }

  @Override
  public synchronized void startNetwork(String name) throws VirtException {
    TestNetwork network = registry.find(name);
    if (network.active) {
      throw TestRegistry.invalid("Network '" + name + "' is already running");
    }
    registry.start(network);
  }

  @Override
  public synchronized void destroyNetwork(String name) throws VirtException {
    TestNetwork network = registry.find(name);
    if (!network.active) {
      throw TestRegistry.invalid("network '" + name + "' is not active");
    }
    registry.stop(network);
  }

  @Override
  public synchronized void undefineNetwork(String name) throws VirtException {
    TestNetwork network = registry.find(name);
    if (network.active) {
      throw TestRegistry.invalid("Network '" + name + "' is still running");
    }
    registry.undefine(network);
  }

  @Override
  public synchronized void autostartNetwork(String name, Autostart autostart) throws VirtException {
    TestNetwork network = registry.find(name);
    if (!network.persistent) {
      throw TestRegistry.invalid("cannot set autostart for transient network");
    }
    network.autostart = autostart == Autostart.ON;
  }

  private static VirtualNetwork describe(TestNetwork network) {
    Persistence kept = network.autostart ? Persistence.AUTOSTART : Persistence.PERSISTENT;
    return new VirtualNetwork(
        network.name,
        network.uuid,
        network.active ? State.ACTIVE : State.INACTIVE,
        network.persistent ? kept : Persistence.TRANSIENT,
        ObjectXml.find(network.xml, "bridge").map(bridge -> bridge.attribute("name")));
  }

  private static TestNetwork parse(String xml) throws VirtException {
    XmlElement root = ObjectXml.read("network", xml);
    Optional<String> name = ObjectXml.text(root, "name");
    if (name.isEmpty()) {
      throw new VirtException(ErrorCode.NO_NAME, "missing name information");
    }
    if (name.get().contains("/")) {
      throw ObjectXml.wrong("name " + name.get() + " cannot contain '/'");
    }
    TestNetwork network = new TestNetwork(name.get(), ObjectXml.uuid(root), root);
    complete(root);
    ObjectXml.order(root, ORDER);
    return network;
  }

  private static void complete(XmlElement root) throws VirtException {
    Optional<XmlElement> forward = root.child("forward");
    String mode = "none";
    if (forward.isPresent()) {
      String given = forward.get().attribute("mode");
      mode = given == null ? "nat" : given;
      forward.get().set("mode", mode);
    }
    if (!MODES.contains(mode)) {
      throw new VirtException(
          ErrorCode.CONFIG_UNSUPPORTED,
          "unsupported configuration: unknown forwarding type '" + mode + "'");
    }
    if (ROUTED.contains(mode) && root.child("ip").isEmpty()) {
      throw ObjectXml.wrong(
          "%s forwarding requested, but no IP address provided for network '%s'"
              .formatted(mode, ObjectXml.text(root, "name").orElse("")));
    }
    if (OWN_BRIDGE.contains(mode)) {
      XmlElement bridge = root.make("bridge");
      setUnlessThere(bridge, "stp", "on");
      setUnlessThere(bridge, "delay", "0");
    }
  }

  private static void setUnlessThere(XmlElement element, String attribute, String value) {
    if (element.attribute(attribute) == null) {
      element.set(attribute, value);
    }
  }
}
