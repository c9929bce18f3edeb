package org.virt.api.domain;

import java.time.Duration;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.VirtException;

/** Facet of a machine: past the driver, straight to QEMU and the guest's agent. */
@ConsumerType
public interface QemuVerbs {
  /** Gives the monitor a command, and returns its answer. */
  default String monitorCommand(String command, Language language) throws VirtException {
    throw Unsupported.verb("virDomainQemuMonitorCommand");
  }

  /** Gives the guest's agent a command as JSON, and returns its answer. */
  default String agentCommand(String command, Duration limit) throws VirtException {
    throw Unsupported.verb("virDomainQemuAgentCommand");
  }

  /** What a monitor understands ({@code virDomainQemuMonitorCommandFlags}). */
  enum Language {
    QMP,
    HMP
  }
}
