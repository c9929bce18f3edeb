package org.virt.api;

/**
 * Says what kind of failure a {@link VirtException} is. Each constant is one of libvirt's error
 * numbers ({@code virErrorNumber}), so that a client of the wire protocol sees the number that it
 * knows.
 */
public enum ErrorCode {
  INTERNAL_ERROR(1),
  NO_SUPPORT(3),
  NO_CONNECT(5),
  INVALID_CONN(6),
  INVALID_DOMAIN(7),
  INVALID_ARG(8),
  OPERATION_FAILED(9),
  XML_ERROR(27),
  DOM_EXIST(28),
  OPERATION_DENIED(29),
  OPEN_FAILED(30),
  READ_FAILED(31),
  PARSE_FAILED(32),
  WRITE_FAILED(34),
  XML_DETAIL(35),
  SYSTEM_ERROR(38),
  RPC(39),
  NO_DOMAIN(42),
  NO_NETWORK(43),
  AUTH_FAILED(45),
  NO_STORAGE_POOL(49),
  NO_STORAGE_VOL(50),
  OPERATION_INVALID(55),
  NO_INTERFACE(57),
  INVALID_NWFILTER(61),
  NO_NWFILTER(62),
  BUILD_FIREWALL(63),
  CONFIG_UNSUPPORTED(67),
  OPERATION_TIMEOUT(68),
  ARGUMENT_UNSUPPORTED(74),
  OPERATION_ABORTED(78),
  NO_DOMAIN_METADATA(80),
  BLOCK_COPY_ACTIVE(83),
  OPERATION_UNSUPPORTED(84),
  AGENT_UNRESPONSIVE(86),
  RESOURCE_BUSY(87),
  ACCESS_DENIED(88),
  CPU_INCOMPATIBLE(91),
  AGENT_UNSYNCED(97),
  DEVICE_MISSING(99),
  INVALID_NWFILTER_BINDING(100),
  NO_NWFILTER_BINDING(101);

  private final int number;

  ErrorCode(int number) {
    this.number = number;
  }

  /** Returns libvirt's number of this error. */
  public int number() {
    return number;
  }
}
