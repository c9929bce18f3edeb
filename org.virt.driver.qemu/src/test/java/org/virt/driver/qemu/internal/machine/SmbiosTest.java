package org.virt.driver.qemu.internal.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

class SmbiosTest {
  @TempDir Path folder;

  @Test
  void printsWhatTheKernelTells() throws Exception {
    Files.writeString(folder.resolve("bios_vendor"), "A & B\n");
    Files.writeString(folder.resolve("bios_date"), "01/02/2026\n");
    Files.writeString(folder.resolve("product_name"), "Box\n");
    Files.writeString(folder.resolve("product_serial"), "\n");
    Files.writeString(folder.resolve("board_name"), "\u0001\n");
    assertEquals(
        """
        <sysinfo type='smbios'>
          <bios>
            <entry name='vendor'>A &amp; B</entry>
            <entry name='date'>01/02/2026</entry>
          </bios>
          <system>
            <entry name='product'>Box</entry>
          </system>
        </sysinfo>
        """,
        new Smbios(folder).xml());
  }

  @Test
  void saysThatThereIsNothing() {
    Smbios none = new Smbios(folder.resolve("none"));
    VirtException e = assertThrows(VirtException.class, none::xml);
    assertEquals(ErrorCode.CONFIG_UNSUPPORTED, e.code());
  }
}
