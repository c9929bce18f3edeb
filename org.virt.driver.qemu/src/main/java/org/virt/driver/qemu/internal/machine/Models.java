package org.virt.driver.qemu.internal.machine;

import java.nio.file.Path;
import java.util.List;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.CpuModels;
import org.virt.driver.qemu.internal.host.CpuDefinitions;
import org.virt.driver.qemu.internal.host.DomainCapabilitiesXml;
import org.virt.driver.qemu.internal.host.FirmwareDescriptor;
import org.virt.driver.qemu.internal.host.HostCpus;
import org.virt.driver.qemu.internal.host.Kvm;
import org.virt.driver.qemu.internal.host.QemuBinaries;
import org.virt.driver.qemu.internal.host.QemuBinary;

/** What hardware machines of this host may have. */
final class Models implements CpuModels {
  private static final String KVM = "kvm";

  private final QemuBinaries binaries;
  private final CpuDefinitions definitions = new CpuDefinitions();

  Models(QemuBinaries binaries) {
    this.binaries = binaries;
  }

  @Override
  public String domainCapabilities(MachineKind kind) throws VirtException {
    String arch = kind.arch().orElse(HostCpus.architecture());
    Path emulator = Path.of(kind.emulator().orElse(binaries.emulator(arch)));
    boolean able = Kvm.obstacle().isEmpty();
    String type = kind.type().orElse(able ? KVM : "qemu");
    if (!type.matches("kvm|qemu")) {
      throw wrong("virttype '" + type + "' is not known");
    }
    if (type.equals(KVM) && !able) {
      throw wrong("virttype 'kvm': " + Kvm.obstacle().get());
    }
    QemuBinary binary = binaries.ask(emulator);
    String machine = binary.exact(kind.machine().orElse("pc"));
    int most =
        binary.machines().stream()
            .filter(m -> m.name().equals(machine))
            .mapToInt(QemuBinary.MachineType::maxCpus)
            .findFirst()
            .orElseThrow(
                () -> wrong("the machine '" + machine + "' is not supported by " + emulator));
    return DomainCapabilitiesXml.print(
        new DomainCapabilitiesXml.Kind(emulator, type, machine, arch, most, binary.types()),
        FirmwareDescriptor.ofHost(),
        definitions.of(emulator, type.equals(KVM) ? KVM : "tcg"));
  }

  private static VirtException wrong(String reason) {
    return new VirtException(ErrorCode.INVALID_ARG, "get domain capabilities: " + reason);
  }

  @Override
  public List<String> cpuModelNames(String arch) throws VirtException {
    Path emulator = Path.of(binaries.emulator(arch));
    return definitions.of(emulator, "tcg").stream().map(CpuDefinitions.Model::name).toList();
  }
}
