package org.virt.api.domain;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;

/** Facet of a connection: what hardware machines may have. */
@ConsumerType
public interface CpuModels {
  /** Returns what a machine of some kind may have, as libvirt's domainCapabilities XML. */
  default String domainCapabilities(MachineKind kind) throws VirtException {
    throw Unsupported.verb("virConnectGetDomainCapabilities");
  }

  /** Returns the names of the CPU models of an architecture. */
  default List<String> cpuModelNames(String arch) throws VirtException {
    throw Unsupported.verb("virConnectGetCPUModelNames");
  }

  /** Compares the host's CPU with one described by XML. */
  default Comparison compareCpu(String xml) throws VirtException {
    throw Unsupported.verb("virConnectCompareCPU");
  }

  /** Compares the CPU that a kind of machine may have with one described by XML. */
  default Comparison compareHypervisorCpu(MachineKind kind, String xml) throws VirtException {
    throw Unsupported.verb("virConnectCompareHypervisorCPU");
  }

  /** Returns the CPU that all those given can be, as XML. */
  default String baselineCpu(List<String> xml, Set<BaselineFlag> flags) throws VirtException {
    throw Unsupported.verb("virConnectBaselineCPU");
  }

  /** As {@link #baselineCpu}, of what a kind of machine may have. */
  default String baselineHypervisorCpu(MachineKind kind, List<String> xml, Set<BaselineFlag> flags)
      throws VirtException {
    throw Unsupported.verb("virConnectBaselineHypervisorCPU");
  }

  /**
   * A kind of machine; what is absent is the driver's choice.
   *
   * @param emulator path of the program
   * @param arch architecture
   * @param machine machine type
   * @param type such as {@code kvm}
   */
  record MachineKind(
      Optional<String> emulator,
      Optional<String> arch,
      Optional<String> machine,
      Optional<String> type) {
    /** All of it the driver's choice. */
    public static final MachineKind ANY =
        new MachineKind(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** How CPUs compare ({@code virCPUCompareResult}). */
  enum Comparison {
    INCOMPATIBLE(0),
    IDENTICAL(1),
    SUPERSET(2);

    private final int number;

    Comparison(int number) {
      this.number = number;
    }

    /** Returns libvirt's number. */
    public int number() {
      return number;
    }
  }

  /** {@code virConnectBaselineCPUFlags}. */
  enum BaselineFlag implements Flag {
    EXPAND_FEATURES(1),
    MIGRATABLE(2);

    private final int bit;

    BaselineFlag(int bit) {
      this.bit = bit;
    }

    @Override
    public int bit() {
      return bit;
    }
  }
}
