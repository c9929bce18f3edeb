package org.virt.driver.qemu.internal.machine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.virt.api.DomainEvent.Kind;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.LifeVerbs.UndefineFlag;
import org.virt.api.xml.SafeXml;
import org.virt.driver.qemu.internal.argv.Completion;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.HostDefaults;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;
import org.virt.model.edit.DomainTree;

/** Keeps what machines are started with. */
final class Definitions {
  /** Kept definitions must be readable again, with what is filled in. */
  private static final int MAX_XML = 900 * 1024;

  private final MachineHost host;
  private final MachineFiles files;
  private final HostDefaults defaults;

  Definitions(MachineHost host, MachineFiles files, HostDefaults defaults) {
    this.host = host;
    this.files = files;
    this.defaults = defaults;
  }

  /** Reads a machine and fills in what it leaves open. */
  DomainConfig complete(String action, String xml) throws VirtException {
    return reading(action, xml).config();
  }

  private DomainXml.Reading reading(String action, String xml) throws VirtException {
    DomainXml.Reading reading;
    try {
      Guest guest = Completion.run(xml, defaults);
      MachineTypes.note(guest, before(guest), defaults);
      reading = DomainXml.reading(guest.element());
    } catch (VirtException e) {
      throw new VirtException(e.code(), action + " domain: " + e.getMessage(), e);
    }
    DomainConfig config = reading.config();
    // A machine of macOS can be kept here; it is refused when it is started.
    if (!Set.of("qemu", "kvm", "hvf").contains(config.type)) {
      throw new VirtException(
          ErrorCode.CONFIG_UNSUPPORTED,
          "%s domain %s: /domain/@type: '%s' is not 'qemu', 'kvm' or 'hvf'"
              .formatted(action, config.name, config.type));
    }
    MachineFiles.check(config.name);
    return reading;
  }

  /** Returns the definition that a machine has so far, null when it has none. */
  private Guest before(Guest guest) throws VirtException {
    DomainId id = new DomainId(UUID.fromString(guest.root().get("uuid")));
    Optional<Machine> known = host.known(id);
    if (known.isEmpty() || known.get().definition() == null) {
      return null;
    }
    return Guest.of(SafeXml.tree("domain XML", known.get().definition().xml()));
  }

  DomainId define(String xml) throws VirtException {
    DomainXml.Reading reading = reading("define", xml);
    DomainConfig config = reading.config();
    String kept = reading.xml();
    if (kept.length() > MAX_XML) {
      throw new VirtException(
          ErrorCode.XML_ERROR, "define domain " + config.name + ": its XML is too long");
    }
    Definition definition = new Definition(kept);
    while (true) {
      Machine machine = host.claim("define", config.domainId(), config.name);
      try (Gate.Pass pass = machine.gate.enter("define")) {
        if (machine.isRemoved()) {
          continue;
        }
        try {
          files.saveDefinition(machine.name, kept);
        } catch (VirtException e) {
          host.forget(machine);
          throw MachineHost.about("define", machine.name, e);
        }
        boolean known = machine.definition() != null;
        machine.definition(definition);
        machine.send(known ? Kind.DEFINED_UPDATED : Kind.DEFINED_ADDED, "");
        return machine.id;
      }
    }
  }

  /** Keeps another definition of a machine; the caller has its gate. */
  void replace(Machine machine, DomainConfig config) throws VirtException {
    String kept = DomainXml.print(config);
    if (kept.length() > MAX_XML) {
      throw new VirtException(
          ErrorCode.XML_ERROR, "domain " + config.name + ": its XML is too long");
    }
    files.saveDefinition(config.name, kept);
    machine.definition(new Definition(kept));
  }

  /** Takes up a kept definition. */
  void restore(String name, String xml, Set<String> autostarts) throws VirtException {
    Definition definition = new Definition(xml);
    Machine machine = host.claim("restore", definition.id(), name);
    machine.definition(definition);
    machine.autostart(autostarts.contains(name));
  }

  void undefine(DomainId id) throws VirtException {
    undefine(id, Set.of());
  }

  /** Forgets a definition, and what goes with it. */
  void undefine(DomainId id, Set<UndefineFlag> flags) throws VirtException {
    Machine machine = host.find(id);
    try (Gate.Pass pass = machine.gate.enter("undefine")) {
      if (persistent("undefine", machine)) {
        Path saved = files.save(machine.name);
        refuseWhatWouldBeLost(machine, saved, flags);
        MachineFiles.delete(saved);
        undefineHardware(machine, flags);
        files.deleteDefinition(machine.name);
        machine.definition(null);
        machine.send(Kind.UNDEFINED_REMOVED, "");
        host.forget(machine);
      }
    }
  }

  private void refuseWhatWouldBeLost(Machine machine, Path saved, Set<UndefineFlag> flags)
      throws VirtException {
    if (Files.exists(saved) && !flags.contains(UndefineFlag.MANAGED_SAVE)) {
      throw machine.invalid(
          "undefine", "Refusing to undefine while domain managed save image exists");
    }
    boolean told = flags.contains(UndefineFlag.NVRAM) || flags.contains(UndefineFlag.KEEP_NVRAM);
    if (!told && Files.exists(variables(machine))) {
      throw machine.invalid("undefine", "cannot undefine domain with nvram");
    }
  }

  private Path variables(Machine machine) throws VirtException {
    DomainTree tree = DomainTree.of(machine.definition().xml());
    return FirmwareChoice.variables(tree, files.variables());
  }

  /** Removes the variables of the firmware when that is asked for, the state of the TPM always. */
  private void undefineHardware(Machine machine, Set<UndefineFlag> flags) throws VirtException {
    if (flags.contains(UndefineFlag.NVRAM) && !flags.contains(UndefineFlag.KEEP_NVRAM)) {
      MachineFiles.delete(variables(machine));
    }
    if (!flags.contains(UndefineFlag.KEEP_TPM)) {
      Swtpm.forget(files.tpms().resolve(machine.id.uuid().toString()));
    }
  }

  private static boolean persistent(String action, Machine machine) throws VirtException {
    if (machine.isRemoved()) {
      throw Machine.gone(machine.id);
    }
    if (machine.definition() == null) {
      throw machine.invalid(action, "domain is transient");
    }
    return true;
  }

  void autostart(DomainId id, boolean on) throws VirtException {
    Machine machine = host.find(id);
    try (Gate.Pass pass = machine.gate.enter("autostart")) {
      if (persistent("set autostart of", machine)) {
        files.autostart(machine.name, on);
        machine.autostart(on);
      }
    }
  }
}
