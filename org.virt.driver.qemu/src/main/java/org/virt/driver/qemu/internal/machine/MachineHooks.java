package org.virt.driver.qemu.internal.machine;

import java.nio.file.Path;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.common.process.HookScripts;
import org.virt.common.process.HookScripts.Call;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;

/**
 * Tells the operator's programs {@code hooks/qemu} what happens to machines, at the moments at
 * which libvirt does. They get a machine's XML, without passwords.
 */
final class MachineHooks {
  private static final String BEGIN = "begin";
  private static final String END = "end";

  private final HookScripts scripts;

  MachineHooks(Path configuration) {
    scripts = HookScripts.of(configuration, "qemu");
  }

  /** Has them make ready what a start needs; a failure forbids it. */
  void prepare(DomainConfig config) throws VirtException {
    begin("prepare", config);
  }

  /** Tells them that QEMU is about to be started; a failure forbids it. */
  void start(DomainConfig config) throws VirtException {
    begin("start", config);
  }

  /** Tells them that the machine runs; a failure ends it. */
  void started(DomainConfig config) throws VirtException {
    begin("started", config);
  }

  /** Tells them that the machine was found again; a failure ends it. */
  void reconnect(DomainConfig config) throws VirtException {
    begin("reconnect", config);
  }

  /** Tells them that QEMU has ended. */
  void stopped(DomainConfig config) {
    scripts.tell(Call.of(config.name, "stopped", END), () -> xml(config));
  }

  /** Tells them that nothing is left of the machine's run. */
  void release(DomainConfig config) {
    scripts.tell(Call.of(config.name, "release", END), () -> xml(config));
  }

  /** Lets them change a machine that is to be restored. */
  String restore(String xml) throws VirtException {
    if (scripts.isEmpty()) {
      return xml;
    }
    DomainConfig config = DomainXml.parse(xml);
    String changed = scripts.filter(Call.of(config.name, "restore", BEGIN), xml);
    try {
      if (DomainXml.parse(changed).domainId().equals(config.domainId())) {
        return changed;
      }
    } catch (VirtException e) {
      throw spoilt(config, e.getMessage());
    }
    throw spoilt(config, "it is another domain");
  }

  private static VirtException spoilt(DomainConfig config, String reason) {
    return new VirtException(
        ErrorCode.HOOK_SCRIPT_FAILED,
        "what the hook script wrote for domain %s: %s".formatted(config.name, reason));
  }

  private void begin(String operation, DomainConfig config) throws VirtException {
    scripts.call(Call.of(config.name, operation, BEGIN), () -> xml(config));
  }

  private static String xml(DomainConfig config) {
    return DomainXml.printPublic(config);
  }
}
