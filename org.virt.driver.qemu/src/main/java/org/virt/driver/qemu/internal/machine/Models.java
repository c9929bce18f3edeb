package org.virt.driver.qemu.internal.machine;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.CpuModels;
import org.virt.driver.qemu.internal.cpu.Cpu;
import org.virt.driver.qemu.internal.cpu.CpuAnswers;
import org.virt.driver.qemu.internal.cpu.CpuModel;
import org.virt.driver.qemu.internal.cpu.CpuTable;
import org.virt.driver.qemu.internal.cpu.HostCpu;
import org.virt.driver.qemu.internal.host.DomainCapabilitiesXml;
import org.virt.driver.qemu.internal.host.FirmwareDescriptor;
import org.virt.driver.qemu.internal.host.HostCpus;
import org.virt.driver.qemu.internal.host.Kvm;
import org.virt.driver.qemu.internal.host.QemuBinaries;
import org.virt.driver.qemu.internal.host.QemuBinary;

/** What hardware machines of this host may have. */
final class Models implements CpuModels {
  private static final Path ROOT = Path.of("/");
  private static final String KVM = "kvm";
  private static final String QEMU = "qemu";

  private final QemuBinaries binaries;

  Models(QemuBinaries binaries) {
    this.binaries = binaries;
  }

  /** A kind of machine whose open parts are chosen. */
  private record Choice(String arch, Path emulator, String type) {}

  private Choice choose(String action, MachineKind kind) throws VirtException {
    String arch = kind.arch().orElse(HostCpus.architecture());
    Path emulator = Path.of(kind.emulator().orElse(binaries.emulator(arch)));
    boolean able = Kvm.obstacle().isEmpty();
    String type = kind.type().orElse(able ? KVM : QEMU);
    if (!type.matches("kvm|qemu")) {
      throw wrong(action, "virttype '" + type + "' is not known");
    }
    if (type.equals(KVM) && !able) {
      throw wrong(action, "virttype 'kvm': " + Kvm.obstacle().get());
    }
    return new Choice(arch, emulator, type);
  }

  @Override
  public String domainCapabilities(MachineKind kind) throws VirtException {
    String action = "get domain capabilities";
    Choice choice = choose(action, kind);
    QemuBinary binary = binaries.ask(choice.emulator());
    String machine = binary.exact(kind.machine().orElse("pc"));
    int most =
        binary.machines().stream()
            .filter(m -> m.name().equals(machine))
            .mapToInt(QemuBinary.MachineType::maxCpus)
            .findFirst()
            .orElseThrow(
                () ->
                    wrong(
                        action,
                        "the machine '" + machine + "' is not supported by " + choice.emulator()));
    return DomainCapabilitiesXml.print(
        new DomainCapabilitiesXml.Kind(
            choice.emulator(), choice.type(), machine, choice.arch(), most, binary.types()),
        FirmwareDescriptor.ofHost(),
        table(choice));
  }

  private CpuTable table(Choice choice) throws VirtException {
    return binaries.cpus().of(choice.emulator(), choice.type());
  }

  private static VirtException wrong(String action, String reason) {
    return new VirtException(ErrorCode.INVALID_ARG, action + ": " + reason);
  }

  @Override
  public List<String> cpuModelNames(String arch) throws VirtException {
    Path emulator = Path.of(binaries.emulator(arch));
    return binaries.cpus().of(emulator, QEMU).models().stream().map(CpuModel::name).toList();
  }

  /** The models that are spoken of where no kind of machine is named. */
  private CpuTable table() throws VirtException {
    return binaries.cpus().of(Path.of(binaries.emulator(HostCpus.architecture())), QEMU);
  }

  @Override
  public Comparison compareCpu(String xml) throws VirtException {
    CpuTable table = table();
    return new CpuAnswers(table).compare(HostCpu.read(ROOT, table.features()).cpu(), xml);
  }

  @Override
  public Comparison compareHypervisorCpu(MachineKind kind, String xml) throws VirtException {
    String action = "compare hypervisor CPU";
    CpuTable table = table(choose(action, kind));
    return new CpuAnswers(table).compare(best(action, table), xml);
  }

  private static Cpu best(String action, CpuTable table) throws VirtException {
    return table
        .best()
        .orElseThrow(
            () ->
                new VirtException(
                    ErrorCode.OPERATION_UNSUPPORTED, action + ": QEMU does not tell its features"));
  }

  @Override
  public String baselineCpu(List<String> xml, Set<BaselineFlag> flags) throws VirtException {
    CpuTable table = table();
    Cpu everything = new Cpu("", table.features());
    return new CpuAnswers(table).baseline(xml, everything, "allow", flags);
  }

  @Override
  public String baselineHypervisorCpu(MachineKind kind, List<String> xml, Set<BaselineFlag> flags)
      throws VirtException {
    String action = "baseline hypervisor CPU";
    CpuTable table = table(choose(action, kind));
    return new CpuAnswers(table).baseline(xml, best(action, table), "forbid", flags);
  }
}
