package org.virt.driver.qemu.internal.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.virt.api.HostCheck.Finding;
import org.virt.api.VirtException;

class QemuBinaryTest {
  private final QemuBinaries binaries = new QemuBinaries();

  private Path qemu() {
    Optional<Path> path = binaries.find("x86_64");
    assumeTrue(path.isPresent(), "qemu-system-x86_64 is not installed");
    return path.get();
  }

  @Test
  void saysItsVersionAndMachineTypes() throws Exception {
    QemuBinary binary = binaries.ask(qemu());
    assertTrue(binary.version().major() >= 6, binary.version().toString());
    assertTrue(binary.exact("pc").startsWith("pc-i440fx-"), binary.exact("pc"));
    assertTrue(binary.exact("q35").startsWith("pc-q35-"), binary.exact("q35"));
    assertEquals("pc-i440fx-2.9", binary.exact("pc-i440fx-2.9"));
    assertSame(binary, binaries.ask(qemu()));
  }

  @Test
  void printsCapabilities() throws Exception {
    QemuBinary binary = binaries.ask(qemu());
    HostCpus host = HostCpus.read(Path.of("/"));
    String xml =
        CapabilitiesXml.print(
            host, Optional.empty(), List.of(new CapabilitiesXml.Guest("x86_64", binary)), true);
    assertTrue(xml.startsWith("<capabilities>\n  <host>\n"), xml);
    assertTrue(xml.contains("<machine canonical='" + binary.exact("pc") + "' maxCpus='255'>pc<"));
    assertTrue(xml.contains("<emulator>" + qemu() + "</emulator>"), xml);
    assertTrue(xml.contains("<domain type='qemu'/>"), xml);
  }

  @Test
  void namesThePackageThatIsMissing() {
    VirtException e = assertThrows(VirtException.class, () -> binaries.emulator("mips64"));
    assertTrue(e.getMessage().contains("apt-get install"), e.getMessage());
    VirtException none =
        assertThrows(VirtException.class, () -> binaries.ask(Path.of("/nowhere/qemu")));
    assertTrue(none.getMessage().contains("/nowhere/qemu"), none.getMessage());
  }

  @Test
  void looksAtTheHost() {
    List<Finding> findings = new QemuHostCheck().check();
    assertEquals(
        List.of(
            "qemu-system-" + HostCpus.architecture(), "/dev/kvm", "/dev/net/tun", "/dev/vhost-net"),
        findings.stream().map(Finding::what).toList());
  }
}
