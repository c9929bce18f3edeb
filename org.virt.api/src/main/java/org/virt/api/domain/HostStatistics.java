package org.virt.api.domain;

import java.util.List;
import java.util.OptionalInt;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;

/** Facet of a connection: what the host has and uses. */
@ConsumerType
public interface HostStatistics {
  /**
   * Returns CPU time by what it was spent for ({@code user}, {@code kernel}, {@code idle}, {@code
   * iowait}), nanoseconds.
   *
   * @param cpu absent: all together
   */
  default TypedParameters cpuStats(OptionalInt cpu) throws VirtException {
    throw Unsupported.verb("virNodeGetCPUStats");
  }

  /**
   * Returns memory by what it is used for ({@code total}, {@code free}, {@code buffers}, {@code
   * cached}), KiB.
   *
   * @param cell absent: all together
   */
  default TypedParameters memoryStats(OptionalInt cell) throws VirtException {
    throw Unsupported.verb("virNodeGetMemoryStats");
  }

  /** Returns free memory, bytes. */
  default long freeMemory() throws VirtException {
    throw Unsupported.verb("virNodeGetFreeMemory");
  }

  /** Returns free memory of each NUMA cell from 0, bytes. */
  default List<Long> cellsFreeMemory() throws VirtException {
    throw Unsupported.verb("virNodeGetCellsFreeMemory");
  }

  /**
   * Returns how many pages of memory are free in each NUMA cell from 0.
   *
   * @param sizes of the pages, KiB
   * @return of each cell a number for each size
   * @throws VirtException {@code OPERATION_FAILED} for a size that a cell does not have
   */
  default List<List<Long>> freePages(List<Long> sizes) throws VirtException {
    throw Unsupported.verb("virNodeGetFreePages");
  }

  /** Returns which CPUs there are and which are online. */
  default CpuMap cpuMap() throws VirtException {
    throw Unsupported.verb("virNodeGetCPUMap");
  }

  /** Returns how equal pages of memory are shared (KSM), and what came of it. */
  default TypedParameters memoryParameters() throws VirtException {
    throw Unsupported.verb("virNodeGetMemoryParameters");
  }

  /**
   * Sets how equal pages of memory are shared; all of it or nothing.
   *
   * @throws VirtException {@code INVALID_ARG} for what there is not or cannot be set, {@code
   *     OPERATION_UNSUPPORTED} for what the host does not have
   */
  default void setMemoryParameters(TypedParameters parameters) throws VirtException {
    throw Unsupported.verb("virNodeSetMemoryParameters");
  }

  /** Returns what the firmware says of the host, as XML. */
  default String sysinfo() throws VirtException {
    throw Unsupported.verb("virConnectGetSysinfo");
  }

  /** Returns the most virtual CPUs that a machine of a type ({@code kvm}; empty: any) may have. */
  default int maxVcpus(String type) throws VirtException {
    throw Unsupported.verb("virConnectGetMaxVcpus");
  }

  /**
   * CPUs of the host.
   *
   * @param present how many there are
   * @param online which ones are in use
   */
  record CpuMap(int present, CpuSet online) {}
}
