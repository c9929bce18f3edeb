package org.virt.api.domain;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;

/** Facet of a machine: threads that serve its disks. */
@ConsumerType
public interface IoThreadVerbs {
  /** Returns them, sorted by number. */
  default List<IoThread> ioThreadInfo(Affects affects) throws VirtException {
    throw Unsupported.verb("virDomainGetIOThreadInfo");
  }

  /** Adds one. */
  default void addIoThread(int number, Affects affects) throws VirtException {
    throw Unsupported.verb("virDomainAddIOThread");
  }

  /** Removes one that serves no disk. */
  default void delIoThread(int number, Affects affects) throws VirtException {
    throw Unsupported.verb("virDomainDelIOThread");
  }

  /** Sets where one may run. */
  default void pinIoThread(int number, CpuSet cpus, Affects affects) throws VirtException {
    throw Unsupported.verb("virDomainPinIOThread");
  }

  /** Sets how one polls ({@code poll_max_ns}, {@code poll_grow}, {@code poll_shrink}). */
  default void setIoThreadParams(int number, TypedParameters parameters, Affects affects)
      throws VirtException {
    throw Unsupported.verb("virDomainSetIOThreadParams");
  }

  /**
   * One thread.
   *
   * @param number from 1
   * @param cpus where it may run
   */
  record IoThread(int number, CpuSet cpus) {}
}
