package org.virt.driver.qemu.internal.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;
import org.virt.driver.qemu.internal.cpu.Cpu;
import org.virt.driver.qemu.internal.cpu.CpuModel;
import org.virt.driver.qemu.internal.cpu.CpuTable;

/** What clients are told that a machine may have. */
class DomainCapabilitiesXmlTest {
  private static final FirmwareDescriptor UEFI =
      new FirmwareDescriptor(
          "/fw.fd", Optional.empty(), Set.of("secure-boot"), List.of("x86_64 pc-q35-*"));

  private static XmlElement print(String machine, String... types) throws Exception {
    DomainCapabilitiesXml.Kind kind =
        new DomainCapabilitiesXml.Kind(
            Path.of("/qemu"), "qemu", machine, "x86_64", 8, Set.of(types));
    String xml =
        DomainCapabilitiesXml.print(
            kind,
            List.of(UEFI),
            new CpuTable(
                List.of(new CpuModel("qemu64", true, new Cpu("", Set.of("fpu")))),
                Set.of("fpu", "aes"),
                Optional.of(new Cpu("AMD", Set.of("aes", "fpu")))));
    return SafeXml.tree("capabilities", xml);
  }

  private static List<String> values(XmlElement root, String path, String list) {
    XmlElement at = root;
    for (String step : path.split("/", -1)) {
      at = at.child(step).orElseThrow();
    }
    return at.children("enum").stream()
        .filter(e -> list.equals(e.attribute("name")))
        .flatMap(e -> e.children("value").stream())
        .map(XmlElement::text)
        .toList();
  }

  @Test
  void listsWhatIsWrittenAndTheProgramHas() throws Exception {
    XmlElement root = print("pc-i440fx-7.2", "VGA", "ide-hd", "virtio-blk-pci", "rng-builtin");
    assertEquals(List.of("vga", "none"), values(root, "devices/video", "modelType"));
    assertEquals(List.of("ide", "virtio"), values(root, "devices/disk", "bus"));
    assertEquals(List.of("builtin"), values(root, "devices/rng", "backendModel"));
    assertEquals(List.of(), values(root, "devices/tpm", "model"));
  }

  @Test
  void listsNoBusThatABoardDoesNotHave() throws Exception {
    XmlElement root = print("pc-q35-7.2", "ide-hd", "scsi-hd");
    assertEquals(List.of("scsi"), values(root, "devices/disk", "bus"));
  }

  @Test
  void namesTheFirmwaresOfTheMachineType() throws Exception {
    XmlElement q35 = print("pc-q35-7.2");
    assertEquals(List.of("efi"), values(q35, "os", "firmware"));
    assertEquals(List.of("yes", "no"), values(q35, "os/loader", "secure"));
    XmlElement pc = print("pc-i440fx-7.2");
    assertEquals(List.of(), values(pc, "os", "firmware"));
    assertFalse(values(pc, "os/loader", "secure").contains("yes"));
    assertTrue(values(pc, "os/loader", "type").contains("pflash"));
  }
}
