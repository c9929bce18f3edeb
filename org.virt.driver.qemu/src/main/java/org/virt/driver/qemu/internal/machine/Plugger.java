package org.virt.driver.qemu.internal.machine;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.DomainNotice;
import org.virt.api.xml.XmlElement;
import org.virt.driver.qemu.internal.argv.QemuArgv;
import org.virt.driver.qemu.internal.argv.StartCheck;
import org.virt.driver.qemu.internal.device.Aliases;
import org.virt.driver.qemu.internal.device.Devices;
import org.virt.driver.qemu.internal.guest.Facts;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.ScreenTls;
import org.virt.driver.qemu.internal.host.QemuBinaries;
import org.virt.driver.qemu.internal.linux.DeviceFile;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;
import org.virt.model.edit.DeviceEdit;
import org.virt.model.edit.DomainTree;

/**
 * Plugs devices into a run. Where they go is worked out as for a machine that has them from the
 * start, and so are QEMU's words for them.
 */
final class Plugger {
  private final MachineHost host;
  private final QemuBinaries binaries;
  private final HostSecrets secrets;

  Plugger(MachineHost host, QemuBinaries binaries) {
    this.host = host;
    this.binaries = binaries;
    this.secrets = host.secrets();
  }

  /**
   * Plugs a device in; the caller has the machine's gate.
   *
   * @return the configuration of the run with it, and with whatever it needed
   */
  DomainConfig plug(Machine machine, Run run, XmlElement device) throws VirtException {
    DomainTree tree = DomainTree.of(run.live.secretXml());
    DeviceEdit.add(tree, device);
    DomainTree complete = complete(tree);
    DomainTree live = DomainTree.of(run.live.secretXml());
    List<XmlElement> added =
        DeviceEdit.all(complete).stream()
            .filter(each -> isAdded(live, each, device))
            .sorted(Comparator.comparing(each -> !each.name().equals("controller")))
            .toList();
    try (Undo undo = new Undo()) {
      for (XmlElement each : added) {
        XmlElement plugged = plugOne(machine, run, live, each, undo);
        live.make("devices").append(plugged);
      }
      DomainConfig config = ordered(live, device);
      undo.keep();
      for (XmlElement each : added) {
        told(machine, each);
      }
      return config;
    } finally {
      SecretFile.deleteAll(run.paths.sockets());
    }
  }

  private static DomainConfig ordered(DomainTree live, XmlElement added) throws VirtException {
    DomainConfig config = DomainXml.parse(live.xml());
    if (!added.name().equals("disk")) {
      return config;
    }
    Guest guest = guest(config);
    Devices.sort(guest);
    return DomainXml.parse(guest.print());
  }

  private static void told(Machine machine, XmlElement device) {
    machine.send(
        new DomainNotice.Device(
            machine.subject(), DomainNotice.Type.DEVICE_ADDED, DeviceEdit.alias(device)));
  }

  /** Fills in addresses; names that are there stay. */
  private DomainTree complete(DomainTree tree) throws VirtException {
    Guest guest = guest(host.definitions().complete("attach a device to", tree.xml()));
    Devices.plug(guest);
    return DomainTree.of(DomainXml.print(DomainXml.parse(guest.print())));
  }

  private static Guest guest(DomainConfig config) throws VirtException {
    return Guest.of(DomainXml.tree(config));
  }

  /**
   * Says whether completion has added a device: the one that is wanted, or a controller for it. A
   * controller is known by type and number, any other by its name, or else by all that it says.
   */
  private static boolean isAdded(DomainTree live, XmlElement each, XmlElement wanted) {
    List<XmlElement> there =
        DeviceEdit.all(live).stream().filter(d -> d.name().equals(each.name())).toList();
    if (each.name().equals("controller")) {
      return there.stream().noneMatch(d -> same(d, each, "type") && same(d, each, "index"));
    }
    if (!each.name().equals(wanted.name())) {
      return false;
    }
    String alias = DeviceEdit.alias(each);
    return there.stream()
        .noneMatch(
            d ->
                alias.isEmpty() ? print(d).equals(print(each)) : alias.equals(DeviceEdit.alias(d)));
  }

  private static boolean same(XmlElement one, XmlElement two, String attribute) {
    return String.valueOf(one.attribute(attribute))
        .equals(String.valueOf(two.attribute(attribute)));
  }

  private static String print(XmlElement device) {
    return only(device).xml();
  }

  private static DomainTree only(XmlElement device) {
    DomainTree alone = new DomainTree(new XmlElement("", "domain"));
    alone.make("devices").append(device);
    return alone;
  }

  private XmlElement plugOne(
      Machine machine, Run run, DomainTree live, XmlElement device, Undo undo)
      throws VirtException {
    name(live, device);
    Lonely with = new Lonely(live, device);
    DomainConfig config = with.config();
    StartCheck.run(guest(config));
    List<Port> ports = device.name().equals("interface") ? host.ports().plan(config) : List.of();
    PlugPlan plan =
        new PlugPlan(
            words(config, run, ports),
            words(with.without(), run, List.of()),
            device.child("boot").isPresent());
    if (!ports.isEmpty()) {
      // Kept first: whoever finds the run after a crash removes the interface with it.
      run.ports.addAll(ports);
      undo.add(() -> run.ports.removeAll(ports));
      host.states().save(machine, run, RunState.Phase.RUNNING);
    }
    lend(machine, run, FileUse.of(device), undo);
    for (Port port : ports) {
      host.ports().open(run, config, port, undo);
    }
    hand(run, TapFile.all(config, ports));
    for (Node fs : guest(config).devices("filesystem")) {
      if (DeviceEdit.alias(device).equals(fs.get("alias/@name"))) {
        new Virtiofsd(run.paths).start(fs, undo);
      }
    }
    plan.all(run, undo);
    if (device.child("iotune").isPresent()) {
      Tunes.throttle(run, only(device));
    }
    for (Port port : ports) {
      linkDown(run, device);
      host.ports().up(port);
    }
    return with.filled(config);
  }

  /** Has QEMU able to open what a device needs. */
  void lend(Machine machine, Run run, List<FileUse> uses, Undo undo) throws VirtException {
    undo.add(() -> host.owners().giveBack(run));
    host.owners().lend(machine, run, uses);
  }

  /** Opens the files of macvtaps for QEMU. */
  private void hand(Run run, List<TapFile> files) throws VirtException {
    List<Path> paths = host.ports().files(files, run.paths.sockets());
    for (int i = 0; i < paths.size(); i++) {
      try (DeviceFile file = DeviceFile.open(paths.get(i))) {
        run.hand(files.get(i).name(), file.number());
      }
    }
  }

  private static void linkDown(Run run, XmlElement device) throws VirtException {
    boolean down =
        device.child("link").filter(l -> "down".equals(l.attribute("state"))).isPresent();
    if (down) {
      run.execute("set_link", Json.object("name", DeviceEdit.alias(device), "up", false));
    }
  }

  /** Returns the plan of a medium alone, that of its nodes. */
  PlugPlan medium(Run run, DomainTree live, XmlElement disk) throws VirtException {
    Lonely with = new Lonely(live, disk);
    DomainConfig config = with.config();
    return new PlugPlan(words(config, run, List.of()), words(with.without(), run, List.of()), true);
  }

  private List<String> words(DomainConfig config, Run run, List<Port> ports) throws VirtException {
    Facts facts =
        new Facts(
            binaries.ask(Path.of(config.devices.emulator)).version(),
            run.paths.monitor().toString(),
            Optional.empty(),
            run.paths.sockets().toString(),
            PortPlan.taps(config, ports, TapFile::name),
            // No screen is plugged.
            new LiveHost(run.paths, run.account(), secrets, ScreenTls.USUAL));
    return QemuArgv.of(guest(config), facts);
  }

  /** Gives a device the name that it would have, or, where that is taken, the next free one. */
  private static void name(DomainTree live, XmlElement device) throws VirtException {
    if (DeviceEdit.alias(device).startsWith("ua-")) {
      return;
    }
    DomainTree tree = DomainTree.of(live.xml());
    tree.make("devices").append(device);
    Guest guest = guest(DomainXml.parse(tree.xml()));
    Aliases.assign(guest);
    String xml = DomainXml.print(DomainXml.parse(guest.print()));
    List<XmlElement> named = DeviceEdit.all(DomainTree.of(xml));
    String wanted =
        named.stream()
            .filter(other -> other.name().equals(device.name()))
            .filter(other -> sameAddress(other, device))
            .map(DeviceEdit::alias)
            .reduce("", (one, two) -> two);
    List<String> taken = DeviceEdit.all(live).stream().map(DeviceEdit::alias).toList();
    String free = wanted;
    for (int i = 0; taken.contains(free); i++) {
      free = wanted.replaceFirst("[0-9]+$", "") + i;
    }
    if (free.isEmpty()) {
      throw new VirtException(
          ErrorCode.OPERATION_UNSUPPORTED, "a device <" + device.name() + "> cannot be plugged in");
    }
    device.make("alias").set("name", free);
  }

  private static boolean sameAddress(XmlElement one, XmlElement two) {
    Optional<String> first = one.child("address").map(Plugger::print);
    return first.equals(two.child("address").map(Plugger::print));
  }

  /** A machine whose only device of a kind is one. */
  private record Lonely(DomainTree live, XmlElement device) {
    private boolean keepsOthers() {
      return device.name().equals("controller");
    }

    DomainConfig config() throws VirtException {
      return with(true);
    }

    DomainConfig without() throws VirtException {
      return with(false);
    }

    private DomainConfig with(boolean there) throws VirtException {
      DomainTree tree = DomainTree.of(live.xml());
      XmlElement devices = tree.make("devices");
      for (XmlElement other : devices.children(device.name())) {
        if (!keepsOthers()) {
          devices.remove(other);
        }
      }
      if (there) {
        devices.append(device);
      }
      return DomainXml.parse(tree.xml());
    }

    /** Returns the device with what was filled in meanwhile, such as the interface's name. */
    XmlElement filled(DomainConfig config) throws VirtException {
      String alias = DeviceEdit.alias(device);
      return DeviceEdit.alias(DomainTree.of(DomainXml.print(config)), alias);
    }
  }
}
