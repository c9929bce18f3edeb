package org.virt.api.domain;

import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;

/** Facet of a machine: its share of the host, as typed parameters with libvirt's names. */
@ConsumerType
public interface TuningVerbs {
  /** Returns the kind of scheduler, such as {@code posix} or {@code fair}. */
  default String schedulerType() throws VirtException {
    throw Unsupported.verb("virDomainGetSchedulerType");
  }

  /** Returns all parameters of an area. */
  default TypedParameters parameters(Area area, Affects affects) throws VirtException {
    throw Unsupported.verb(area.getter);
  }

  /** Sets some parameters of an area. */
  default void setParameters(Area area, TypedParameters parameters, Affects affects)
      throws VirtException {
    throw Unsupported.verb(area.setter);
  }

  /**
   * Returns all parameters of a device.
   *
   * @param device target or source of a disk; target or MAC address of an interface
   */
  default TypedParameters deviceParameters(DeviceArea area, String device, Affects affects)
      throws VirtException {
    throw Unsupported.verb(area.getter);
  }

  /** Sets some parameters of a device. */
  default void setDeviceParameters(
      DeviceArea area, String device, TypedParameters parameters, Affects affects)
      throws VirtException {
    throw Unsupported.verb(area.setter);
  }

  /** What a machine as a whole is given. */
  enum Area {
    SCHEDULER("virDomainGetSchedulerParametersFlags", "virDomainSetSchedulerParametersFlags"),
    BLKIO("virDomainGetBlkioParameters", "virDomainSetBlkioParameters"),
    MEMORY("virDomainGetMemoryParameters", "virDomainSetMemoryParameters"),
    NUMA("virDomainGetNumaParameters", "virDomainSetNumaParameters"),
    PERF("virDomainGetPerfEvents", "virDomainSetPerfEvents");

    private final String getter;
    private final String setter;

    Area(String getter, String setter) {
      this.getter = getter;
      this.setter = setter;
    }
  }

  /** What one device is given. */
  enum DeviceArea {
    BLOCK_IO("virDomainGetBlockIoTune", "virDomainSetBlockIoTune"),
    INTERFACE("virDomainGetInterfaceParameters", "virDomainSetInterfaceParameters");

    private final String getter;
    private final String setter;

    DeviceArea(String getter, String setter) {
      this.getter = getter;
      this.setter = setter;
    }
  }
}
