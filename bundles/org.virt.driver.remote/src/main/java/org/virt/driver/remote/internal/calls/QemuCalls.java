package org.virt.driver.remote.internal.calls;

import java.time.Duration;
import org.virt.api.VirtException;
import org.virt.api.domain.QemuVerbs;

/** Goes past the other end's driver to QEMU and the guest's agent. */
record QemuCalls(FarDomain domain) implements QemuVerbs {
  /** {@code VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP}. */
  private static final int HMP = 1;

  @Override
  public String monitorCommand(String command, Language language) throws VirtException {
    return domain
        .callQemu(
            domain.far().limit(),
            "domain_monitor_command",
            command,
            language == Language.HMP ? HMP : 0)
        .text("result");
  }

  @Override
  public String agentCommand(String command, Duration limit) throws VirtException {
    int seconds = (int) Math.max(1, Math.min(limit.toSeconds(), Integer.MAX_VALUE));
    return domain
        .callQemu(domain.far().limit().plus(limit), "domain_agent_command", command, seconds, 0)
        .optionalText("result")
        .orElse("");
  }
}
