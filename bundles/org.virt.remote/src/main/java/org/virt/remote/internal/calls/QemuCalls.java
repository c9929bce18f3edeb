package org.virt.remote.internal.calls;

import java.time.Duration;
import org.virt.api.domain.QemuVerbs;
import org.virt.api.domain.QemuVerbs.Language;

/** QEMU's own program: past the driver. */
final class QemuCalls {
  private static final Duration AGENT_DEFAULT = Duration.ofSeconds(5);

  /** A client that wants to wait for ever waits this long. */
  private static final Duration AGENT_LONGEST = Duration.ofHours(1);

  void declare(Declarations all) {
    all.onQemu(
            "domain_monitor_command",
            call ->
                call.reply(
                    call.of(QemuVerbs.class)
                        .monitorCommand(call.text("cmd"), Choice.of(Language.class, call.flags()))))
        .onQemu(
            "domain_agent_command",
            call -> {
              call.noFlags();
              return call.reply(
                  call.of(QemuVerbs.class)
                      .agentCommand(call.text("cmd"), limit(call.integer("timeout"))));
            });
  }

  /** libvirt's −2 blocks, −1 is its default. */
  private static Duration limit(int timeout) {
    return switch (timeout) {
      case -2 -> AGENT_LONGEST;
      case -1 -> AGENT_DEFAULT;
      default -> Duration.ofSeconds(Math.max(0, timeout));
    };
  }
}
