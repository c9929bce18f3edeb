package org.virt.driver.qemu.internal.machine;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.DeviceVerbs;
import org.virt.api.xml.XmlElement;
import org.virt.model.domain.DomainConfig;
import org.virt.model.edit.DeviceEdit;
import org.virt.model.edit.DomainTree;

/** Devices of one machine. */
final class DevicePlugs implements DeviceVerbs {
  private final MachineHost host;
  private final Plugger plugger;
  private final DomainId id;

  DevicePlugs(MachineHost host, Plugger plugger, DomainId id) {
    this.host = host;
    this.plugger = plugger;
    this.id = id;
  }

  /** Changes the run of a machine, and returns its new configuration, if it has one already. */
  @FunctionalInterface
  private interface OnRun {
    Optional<DomainConfig> apply(Machine machine, Run run) throws VirtException;
  }

  private void change(String action, Affects affects, OnRun live, Edits.Change onKept)
      throws VirtException {
    Machine machine = host.find(id);
    try (Gate.Pass pass = machine.gate.enter(action)) {
      Run run = machine.run();
      boolean wantsRun = Edits.onRun(action, machine, affects);
      DomainConfig kept = null;
      if (Edits.onKept(action, machine, affects)) {
        DomainTree tree = DomainTree.of(machine.definition().xml());
        onKept.apply(tree);
        kept = host.definitions().complete(action, tree.xml());
      }
      if (wantsRun) {
        Optional<DomainConfig> next = live.apply(machine, run);
        if (next.isPresent()) {
          next.get().id = run.live.config().id;
          run.live.replace(next.get());
          host.owners().giveBack(run);
          host.states().save(machine, run, RunState.Phase.RUNNING);
        }
      }
      if (kept != null) {
        host.definitions().replace(machine, kept);
      }
    } catch (VirtException e) {
      throw Edits.told(action, machine, e);
    }
  }

  @Override
  public void attachDevice(String xml, Affects affects) throws VirtException {
    change(
        "attach a device to",
        affects,
        (machine, run) -> Optional.of(plugger.plug(machine, run, DeviceEdit.parse(xml))),
        tree -> DeviceEdit.add(tree, DeviceEdit.parse(xml)));
  }

  @Override
  public void detachDevice(String xml, Affects affects) throws VirtException {
    XmlElement wanted = DeviceEdit.parse(xml);
    change(
        "detach a device from",
        affects,
        (machine, run) -> {
          XmlElement device = DeviceEdit.find(DomainTree.of(run.live.secretXml()), wanted);
          host.unplugger().unplug(machine, run, device);
          return Optional.empty();
        },
        tree -> DeviceEdit.remove(tree, DeviceEdit.find(tree, wanted)));
  }

  @Override
  public void detachDeviceAlias(String alias, Affects affects) throws VirtException {
    change(
        "detach a device from",
        affects,
        (machine, run) -> {
          XmlElement device = DeviceEdit.alias(DomainTree.of(run.live.secretXml()), alias);
          host.unplugger().ask(run, device, Duration.ZERO);
          return Optional.empty();
        },
        tree -> DeviceEdit.remove(tree, DeviceEdit.alias(tree, alias)));
  }

  @Override
  public void updateDevice(String xml, Affects affects, Force force) throws VirtException {
    XmlElement wanted = DeviceEdit.parse(xml);
    change(
        "update a device of",
        affects,
        (machine, run) -> {
          DomainTree tree = DomainTree.of(run.live.secretXml());
          XmlElement old = DeviceEdit.find(tree, wanted);
          XmlElement next = updated(machine, run, new Update(tree, old, wanted, force));
          tree.make("devices").replace(old, next);
          return Optional.of(org.virt.model.domain.DomainXml.parse(tree.xml()));
        },
        tree -> tree.make("devices").replace(DeviceEdit.find(tree, wanted), DeviceEdit.parse(xml)));
  }

  /** What of a screen can be changed. */
  private static final List<String> PASSWORD = List.of("passwd", "passwdValidTo", "connected");

  /** A device of a tree, and what it is to be. */
  private record Update(DomainTree tree, XmlElement old, XmlElement wanted, Force force) {}

  private XmlElement updated(Machine machine, Run run, Update update) throws VirtException {
    XmlElement old = update.old();
    return switch (old.name()) {
      case "disk" ->
          new MediumChange(machine, run, plugger)
              .change(update.tree(), old, update.wanted(), update.force());
      case "interface" ->
          new InterfaceChange(host, machine, run).change(update.tree(), old, update.wanted());
      case "memory" -> new MemoryChange(run).change(old, update.wanted());
      case "graphics" -> password(run, old, update.wanted());
      default ->
          throw new VirtException(
              ErrorCode.OPERATION_UNSUPPORTED,
              "a running domain's <" + old.name() + "> cannot be changed");
    };
  }

  private static XmlElement password(Run run, XmlElement old, XmlElement wanted)
      throws VirtException {
    for (XmlElement.Attribute asked : wanted.attributes()) {
      String now = old.attribute(asked.name());
      boolean free = asked.name().equals("port") && asked.value().equals("-1");
      if (!PASSWORD.contains(asked.name()) && !free && !asked.value().equals(now)) {
        throw new VirtException(
            ErrorCode.OPERATION_UNSUPPORTED,
            "attribute " + asked.name() + " of a running domain's graphics cannot be changed");
      }
    }
    if (wanted.attribute("passwd") == null) {
      throw new VirtException(
          ErrorCode.OPERATION_UNSUPPORTED,
          "of a running domain's graphics only the password can be changed");
    }
    PASSWORD.forEach(old::remove);
    wanted.attributes().stream().filter(a -> PASSWORD.contains(a.name())).forEach(old::set);
    ScreenPassword.set(run, old);
    return old;
  }
}
