package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.VirtException;
import org.virt.api.domain.DomainNotice;
import org.virt.api.xml.XmlElement;
import org.virt.driver.qemu.internal.device.Secrets;
import org.virt.model.domain.DomainXml;
import org.virt.model.edit.DeviceEdit;
import org.virt.model.edit.DomainTree;

/** Takes devices out of runs, once their guests have let them go. */
final class Unplugger {
  private static final Logger LOG = LoggerFactory.getLogger(Unplugger.class);

  /** A guest that does not answer by then may do so later. */
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final MachineHost host;

  /** What is behind devices that were asked for, by run and alias. */
  private final Map<String, BackEnd> leaving = new ConcurrentHashMap<>();

  Unplugger(MachineHost host) {
    this.host = host;
  }

  /** What QEMU has behind a device. */
  private record BackEnd(String netdev, String node) {}

  private static String key(Run run, String alias) {
    return run.number + ":" + alias;
  }

  /** Asks the guest for a device and waits a while; the caller has the machine's gate. */
  void unplug(Machine machine, Run run, XmlElement device) throws VirtException {
    String alias = ask(run, device, LIMIT);
    if (!alias.isEmpty()) {
      gone(machine, run, alias);
    }
  }

  /**
   * Asks the guest for a device.
   *
   * @return its alias when it has gone, else an empty text: the guest takes its time
   */
  String ask(Run run, XmlElement device, Duration limit) throws VirtException {
    String alias = DeviceEdit.alias(device);
    leaving.put(key(run, alias), behind(run, device, alias));
    try (QmpEvents.Wait deleted =
        run.events.expect(
            e -> e.name().equals("DEVICE_DELETED") && e.text("device").equals(alias))) {
      run.execute("device_del", Json.object("id", alias));
      return deleted.await(limit).isPresent() ? alias : "";
    }
  }

  private static BackEnd behind(Run run, XmlElement device, String alias) throws VirtException {
    switch (device.name()) {
      case "interface" -> {
        JsonElement netdev =
            run.execute(
                "qom-get",
                Json.object("path", "/machine/peripheral/" + alias, "property", "netdev"));
        return new BackEnd(netdev.getAsString(), "");
      }
      case "disk" -> {
        return new BackEnd("", Disks.node(run, alias));
      }
      default -> {
        return new BackEnd("", "");
      }
    }
  }

  /** Removes what a device that has gone leaves; the caller has the machine's gate. */
  void gone(Machine machine, Run run, String alias) throws VirtException {
    BackEnd behind = leaving.remove(key(run, alias));
    if (behind == null || machine.run() != run) {
      return;
    }
    if (!behind.netdev().isEmpty()) {
      run.execute("netdev_del", Json.object("id", behind.netdev()));
    }
    if (!behind.node().isEmpty()) {
      removeNodes(run, behind.node());
    }
    List<Port> ports = run.ports.stream().filter(port -> port.alias().equals(alias)).toList();
    ports.forEach(host.ports()::remove);
    run.ports.removeAll(ports);
    DomainTree tree = DomainTree.of(run.live.secretXml());
    XmlElement device = DeviceEdit.alias(tree, alias);
    DeviceEdit.remove(tree, device);
    run.live.replace(DomainXml.parse(tree.xml()));
    host.owners().giveBack(run);
    host.states().save(machine, run, RunState.Phase.RUNNING);
    machine.send(
        new DomainNotice.Device(machine.subject(), DomainNotice.Type.DEVICE_REMOVED, alias));
  }

  /** As {@link #gone}, for one that went later than somebody waited. */
  void goneLater(Machine machine, Run run, String alias) {
    try (Gate.Pass pass = machine.gate.enter("detach a device from")) {
      gone(machine, run, alias);
    } catch (VirtException e) {
      LOG.warn("domain {}: device {} left something: {}", machine.name, alias, e.getMessage());
    }
  }

  boolean expects(Run run, String alias) {
    return leaving.containsKey(key(run, alias));
  }

  /** Removes a node, those below it and the secrets of them, whose names begin alike. */
  static void removeNodes(Run run, String node) throws VirtException {
    run.execute("blockdev-del", Json.object("node-name", node));
    int dash = node.lastIndexOf('-');
    String family = dash < 0 ? node : node.substring(0, dash + 1);
    for (JsonElement other : BlockChain.nodes(run)) {
      String name = Json.text(other, "node-name");
      if (dash > 0 && name.startsWith(family)) {
        PlugPlan.quietly(run, "blockdev-del", "node-name", name);
      }
    }
    for (JsonElement object :
        run.execute("qom-list", Json.object("path", "/objects")).getAsJsonArray()) {
      String name = Json.text(object, "name");
      if (name.startsWith(family) && Secrets.isName(name)) {
        PlugPlan.quietly(run, "object-del", "id", name);
      }
    }
  }
}
