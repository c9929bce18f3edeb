package org.virt.api.domain;

import java.util.List;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;

/** Facet of a machine: its virtual CPUs and where they run. */
@ConsumerType
public interface VcpuVerbs {
  /** Sets how many there are. */
  default void setVcpus(int count, Affects affects, Set<VcpuFlag> flags) throws VirtException {
    throw Unsupported.verb("virDomainSetVcpusFlags");
  }

  /** Returns how many there are. */
  default int vcpusFlags(Affects affects, Set<VcpuFlag> flags) throws VirtException {
    throw Unsupported.verb("virDomainGetVcpusFlags");
  }

  /** Returns what each does; only of an active machine. */
  default List<Vcpu> vcpus() throws VirtException {
    throw Unsupported.verb("virDomainGetVcpus");
  }

  /** Returns where each may run, in their order. */
  default List<CpuSet> vcpuPinInfo(Affects affects) throws VirtException {
    throw Unsupported.verb("virDomainGetVcpuPinInfo");
  }

  /** Sets where one may run. */
  default void pinVcpu(int vcpu, CpuSet cpus, Affects affects) throws VirtException {
    throw Unsupported.verb("virDomainPinVcpuFlags");
  }

  /** Returns where the rest of the hypervisor's process may run. */
  default CpuSet emulatorPinInfo(Affects affects) throws VirtException {
    throw Unsupported.verb("virDomainGetEmulatorPinInfo");
  }

  /** Sets where the rest of the hypervisor's process may run. */
  default void pinEmulator(CpuSet cpus, Affects affects) throws VirtException {
    throw Unsupported.verb("virDomainPinEmulator");
  }

  /** Plugs certain ones in or out. */
  default void setVcpu(CpuSet vcpus, Plug plug, Affects affects) throws VirtException {
    throw Unsupported.verb("virDomainSetVcpu");
  }

  /** Returns the CPUs that the guest knows, by its agent. */
  default TypedParameters guestVcpus() throws VirtException {
    throw Unsupported.verb("virDomainGetGuestVcpus");
  }

  /** Has the guest use certain CPUs or not, by its agent. */
  default void setGuestVcpus(CpuSet vcpus, Plug plug) throws VirtException {
    throw Unsupported.verb("virDomainSetGuestVcpus");
  }

  /** What is counted ({@code virDomainVcpuFlags}). */
  enum VcpuFlag implements Flag {
    MAXIMUM(4),
    GUEST(8),
    HOTPLUGGABLE(16);

    private final int bit;

    VcpuFlag(int bit) {
      this.bit = bit;
    }

    @Override
    public int bit() {
      return bit;
    }
  }

  /** Whether a virtual CPU is there. */
  enum Plug {
    OUT,
    IN
  }

  /**
   * One virtual CPU.
   *
   * @param number from 0
   * @param state what it does
   * @param cpuTimeNanos CPU time of the host that it has used
   * @param cpu on which CPU it runs
   * @param affinity on which ones it may run
   */
  record Vcpu(int number, State state, long cpuTimeNanos, int cpu, CpuSet affinity) {}

  /** What a virtual CPU does ({@code virVcpuState}); libvirt's numbers are the ordinals. */
  enum State {
    OFFLINE("offline"),
    RUNNING("running"),
    BLOCKED("idle");

    private final String text;

    State(String text) {
      this.text = text;
    }

    /** Returns virsh's word. */
    public String text() {
      return text;
    }
  }
}
