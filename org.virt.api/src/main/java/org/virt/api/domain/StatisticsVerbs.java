package org.virt.api.domain;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;

/** Facet of a machine: what it has used. */
@ConsumerType
public interface StatisticsVerbs {
  /**
   * Returns what was read and written.
   *
   * @param disk its target or source; empty for all disks together
   */
  default TypedParameters blockStats(String disk) throws VirtException {
    throw Unsupported.verb("virDomainBlockStatsFlags");
  }

  /** Returns the size of a disk, by its target or source. */
  default BlockInfo blockInfo(String disk) throws VirtException {
    throw Unsupported.verb("virDomainGetBlockInfo");
  }

  /** Returns what passed an interface, by its target or MAC address, seen from the guest. */
  default InterfaceStats interfaceStats(String device) throws VirtException {
    throw Unsupported.verb("virDomainInterfaceStats");
  }

  /** Returns CPU time ({@code cpu_time}, {@code user_time}, {@code system_time}), nanoseconds. */
  default TypedParameters cpuStats() throws VirtException {
    throw Unsupported.verb("virDomainGetCPUStats");
  }

  /** Returns CPU time of each CPU of the host, from 0. */
  default List<TypedParameters> cpuStatsPerCpu() throws VirtException {
    throw Unsupported.verb("virDomainGetCPUStats");
  }

  /** Returns whether its monitor answers. */
  default ControlInfo controlInfo() throws VirtException {
    throw Unsupported.verb("virDomainGetControlInfo");
  }

  /** Reads a disk's content as the guest sees it. */
  default byte[] blockPeek(String disk, long offset, int length) throws VirtException {
    throw Unsupported.verb("virDomainBlockPeek");
  }

  /** Reads the guest's memory, at virtual addresses of its first CPU or at physical ones. */
  default byte[] memoryPeek(long address, int length, AddressKind kind) throws VirtException {
    throw Unsupported.verb("virDomainMemoryPeek");
  }

  /** Kinds of addresses ({@code virDomainMemoryFlags}). */
  enum AddressKind {
    VIRTUAL,
    PHYSICAL
  }

  /**
   * Size of a disk, bytes.
   *
   * @param capacity what the guest sees
   * @param allocation what the host gives it
   * @param physical the end of the file or device
   */
  record BlockInfo(long capacity, long allocation, long physical) {}

  /** What passed an interface; −1 for what is not known. */
  record InterfaceStats(Direction received, Direction sent) {}

  /** What passed in one direction. */
  record Direction(long bytes, long packets, long errors, long drops) {}

  /**
   * Whether the monitor answers.
   *
   * @param state libvirt's number of it is the ordinal
   * @param detail why, for an error
   * @param stateTimeMillis for how long
   */
  record ControlInfo(ControlState state, String detail, long stateTimeMillis) {}

  /** What the way to the hypervisor is occupied with. */
  enum ControlState {
    OK("ok"),
    JOB("background job"),
    OCCUPIED("occupied"),
    ERROR("error");

    private final String text;

    ControlState(String text) {
      this.text = text;
    }

    /** Returns virsh's words. */
    public String text() {
      return text;
    }
  }
}
