package org.virt.driver.test.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.virt.api.DomainId;
import org.virt.api.DomainStatus;
import org.virt.api.DomainStatus.Reason;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.SaveVerbs;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;

/** One machine in files. */
record TestSaves(TestHost host, DomainId id) implements SaveVerbs {
  @Override
  public void save(String path, Optional<String> xml, Set<SaveFlag> flags) throws VirtException {
    String kept = xml.isPresent() ? xml.get() : host.onActive("save", id, TestSaves::print);
    TestSavedImages.write(path, kept, flags);
    host.save(id);
  }

  /** Prints a run without its number, which is another one when it is restored. */
  private static String print(TestMachine machine) throws VirtException {
    DomainConfig copy = DomainXml.parse(DomainXml.print(machine.live));
    copy.id = null;
    return DomainXml.print(copy);
  }

  @Override
  public void managedSave(Set<SaveFlag> flags) throws VirtException {
    host.onActive(
        "save",
        id,
        machine -> {
          if (machine.definition == null) {
            throw TestHost.invalid("save", machine, "cannot do managed save for transient domain");
          }
          machine.saved = host.save(id);
          return machine;
        });
  }

  @Override
  public boolean hasManagedSaveImage() throws VirtException {
    return host.on(id, machine -> machine.saved != null);
  }

  @Override
  public void managedSaveRemove() throws VirtException {
    host.on(
        id,
        machine -> {
          machine.saved = null;
          return machine;
        });
  }

  @Override
  public String managedSaveXml(Passwords passwords) throws VirtException {
    return host.on(
        id,
        machine -> {
          if (machine.saved == null) {
            throw TestHost.invalid(
                "get the managed save image of",
                machine,
                "domain does not have managed save image");
          }
          return passwords == Passwords.SHOWN
              ? DomainXml.print(machine.saved)
              : DomainXml.printPublic(machine.saved);
        });
  }

  @Override
  public void coreDump(String path, DumpFormat format, Set<DumpFlag> flags) throws VirtException {
    host.onActive(
        "dump",
        id,
        machine -> {
          try {
            Files.writeString(Path.of(path), DomainXml.print(machine.live));
          } catch (IOException e) {
            throw new VirtException(
                ErrorCode.SYSTEM_ERROR, "dump domain " + machine.name + ": " + e, e);
          }
          return machine;
        });
    if (flags.contains(DumpFlag.CRASH)) {
      host.destroy(id);
      host.on(id, machine -> machine.status = DomainStatus.of(Reason.PROCESS_CRASHED));
    }
  }
}
