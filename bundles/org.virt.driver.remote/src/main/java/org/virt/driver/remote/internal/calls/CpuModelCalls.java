package org.virt.driver.remote.internal.calls;

import java.util.List;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.api.domain.CpuModels;
import org.virt.api.domain.Flag;

/** Asks what hardware machines may have. */
record CpuModelCalls(Far far) implements CpuModels {
  private static final int WITH_RESULTS = 1;

  @Override
  public String domainCapabilities(MachineKind kind) throws VirtException {
    return far.call(
            "connect_get_domain_capabilities",
            kind.emulator().orElse(null),
            kind.arch().orElse(null),
            kind.machine().orElse(null),
            kind.type().orElse(null),
            0)
        .text("capabilities");
  }

  @Override
  public List<String> cpuModelNames(String arch) throws VirtException {
    return far.call("connect_get_cpu_model_names", arch, WITH_RESULTS, 0)
        .list("models", String.class);
  }

  @Override
  public Comparison compareCpu(String xml) throws VirtException {
    return comparison(far.call("connect_compare_cpu", xml, 0).integer("result"));
  }

  @Override
  public Comparison compareHypervisorCpu(MachineKind kind, String xml) throws VirtException {
    return comparison(
        far.call(
                "connect_compare_hypervisor_cpu",
                kind.emulator().orElse(null),
                kind.arch().orElse(null),
                kind.machine().orElse(null),
                kind.type().orElse(null),
                xml,
                0)
            .integer("result"));
  }

  @Override
  public String baselineCpu(List<String> xml, Set<BaselineFlag> flags) throws VirtException {
    return far.call("connect_baseline_cpu", xml, Flag.word(flags)).text("cpu");
  }

  @Override
  public String baselineHypervisorCpu(MachineKind kind, List<String> xml, Set<BaselineFlag> flags)
      throws VirtException {
    return far.call(
            "connect_baseline_hypervisor_cpu",
            kind.emulator().orElse(null),
            kind.arch().orElse(null),
            kind.machine().orElse(null),
            kind.type().orElse(null),
            xml,
            Flag.word(flags))
        .text("cpu");
  }

  private static Comparison comparison(int number) throws VirtException {
    return Enums.at(Comparison.values(), number);
  }
}
