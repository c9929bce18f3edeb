package org.virt.driver.qemu.internal.cpu;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/**
 * Says of a machine that is to have the host's CPU as far as that can be described ({@code
 * mode='host-model'}), which CPU that is: a named model with differences, which any other host can
 * be asked for.
 */
public final class HostModel {
  private final CpuDefinitions definitions;

  public HostModel(CpuDefinitions definitions) {
    this.definitions = definitions;
  }

  /**
   * Puts the named model in the place of the mode.
   *
   * @throws VirtException {@code CONFIG_UNSUPPORTED} when the program does not tell
   */
  public void settle(Guest guest) throws VirtException {
    Node cpu = guest.root().child("cpu");
    if (cpu == null || !cpu.is("@mode", "host-model")) {
      return;
    }
    Path emulator = Path.of(guest.root().require("devices/emulator"));
    if (!Files.isExecutable(emulator)) {
      throw Refusal.of(cpu.path("@mode"), "'host-model' needs the program " + emulator);
    }
    CpuTable table = definitions.of(emulator, guest.root().get("@type", ""));
    CpuFit fit =
        table
            .best()
            .flatMap(best -> CpuFit.of(best, table.models()))
            .orElseThrow(
                () -> Refusal.of(cpu.path("@mode"), "QEMU does not tell what 'host-model' is"));
    Map<String, String> features = new TreeMap<>();
    fit.more().forEach(name -> features.put(name, "require"));
    fit.less().forEach(name -> features.put(name, "disable"));
    for (Node feature : cpu.children("feature")) {
      features.put(feature.get("@name"), feature.get("@policy", "require"));
    }
    cpu.drop("feature");
    cpu.drop("model");
    cpu.drop("vendor");
    cpu.set("mode", "custom").set("match", "exact").fill("check", "partial");
    cpu.add(0, Node.of("model", "fallback", "forbid").text(fit.model().name()));
    if (!fit.cpu().vendor().isEmpty()) {
      cpu.add(1, Node.of("vendor").text(fit.cpu().vendor()));
    }
    features.forEach((name, policy) -> cpu.add(Node.of("feature", "policy", policy, "name", name)));
  }
}
