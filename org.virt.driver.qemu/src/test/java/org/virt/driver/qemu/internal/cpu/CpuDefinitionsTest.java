package org.virt.driver.qemu.internal.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.virt.api.VirtException;
import org.virt.api.xml.SafeXml;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.host.QemuBinaries;

/** What the host's QEMU tells of CPUs. */
class CpuDefinitionsTest {
  private final QemuBinaries binaries = new QemuBinaries();
  private Path qemu;

  @BeforeEach
  void find() {
    Optional<Path> path = binaries.find("x86_64");
    assumeTrue(path.isPresent(), "qemu-system-x86_64 is not installed");
    qemu = path.get();
  }

  private CpuTable table() throws VirtException {
    return binaries.cpus().of(qemu, "qemu");
  }

  @Test
  void knowsModelsWithTheirFeatures() throws Exception {
    CpuModel nehalem = table().model("Nehalem");
    assertTrue(nehalem.usable());
    assertEquals("Intel", nehalem.cpu().vendor());
    assertTrue(nehalem.cpu().features().containsAll(Set.of("sse4.2", "lahf_lm", "popcnt")));
    assertFalse(nehalem.cpu().features().contains("avx"));
    // The emulation lacks it, the model has it all the same.
    assertTrue(table().model("Haswell").cpu().features().contains("pcid"));
    assertEquals("", table().model("qemu64").cpu().vendor());
    assertThrows(VirtException.class, () -> table().model("Nehalem-v1"));
    assertSame(table(), table());
  }

  @Test
  void saysWhatMachinesCanHaveAtMost() throws Exception {
    Cpu best = table().best().orElseThrow();
    assertTrue(best.features().containsAll(Set.of("fpu", "sse2", "hypervisor")));
    for (CpuModel model : table().models()) {
      boolean fits = best.features().containsAll(model.cpu().features());
      assertTrue(fits || !model.usable(), model.name());
    }
  }

  @Test
  void tellsTheHostsCpuAsAModel() throws Exception {
    Guest guest =
        Guest.of(
            SafeXml.tree(
                "test",
                "<domain type='qemu'><cpu mode='host-model' check='partial'>"
                    + "<topology sockets='1' cores='1' threads='1'/>"
                    + "<feature policy='disable' name='sse4.2'/></cpu>"
                    + "<devices><emulator>"
                    + qemu
                    + "</emulator></devices></domain>"));
    new HostModel(binaries.cpus()).settle(guest);
    Node cpu = guest.root().child("cpu");
    assertTrue(cpu.is("@mode", "custom"), guest.print());
    assertTrue(cpu.is("model/@fallback", "forbid"), guest.print());
    assertTrue(cpu.has("topology"), guest.print());
    assertTrue(table().model(cpu.get("model")) != null);
    assertEquals(
        1,
        cpu.children("feature").stream()
            .filter(f -> f.is("@name", "sse4.2") && f.is("@policy", "disable"))
            .count());
  }
}
