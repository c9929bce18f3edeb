package org.virt.driver.esx.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

class EsxDriverTest {
  @Test
  void saysThatItCannotOpenConnectionsYet() {
    URI uri = URI.create("esx://host.example/?no_verify=1");
    VirtException e = assertThrows(VirtException.class, () -> new EsxDriver().open(uri).close());
    assertEquals(ErrorCode.NO_SUPPORT, e.code());
    assertEquals(
        "open " + uri + ": connections to VMware ESX, vCenter and GSX are not supported yet",
        e.getMessage());
  }
}
