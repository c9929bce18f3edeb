package org.virt.host.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

class KernelInterfacesTest {
  private final KernelInterfaces interfaces = new KernelInterfaces(Path.of("/sys"));

  @Test
  void listsAndDescribesTheLoopback() throws VirtException {
    assertTrue(
        interfaces.interfaces().stream()
            .anyMatch(one -> one.name().equals("lo") && one.mac().equals("00:00:00:00:00:00")));
    String xml = interfaces.interfaceXml("lo");
    assertTrue(xml.startsWith("<interface type='ethernet' name='lo'>\n"), xml);
    assertTrue(xml.contains("  <mac address='00:00:00:00:00:00'/>\n"), xml);
  }

  @Test
  void knowsOnlyWhatIsThere() {
    VirtException none =
        assertThrows(VirtException.class, () -> interfaces.interfaceXml("nobody0"));
    assertEquals(ErrorCode.NO_INTERFACE, none.code());
  }
}
