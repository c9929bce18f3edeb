package org.virt.driver.qemu.internal.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device is there when it can be opened, not when there is something of its name. */
class KvmTest {
  @Test
  void saysWhatIsWrongWithTheDevice(@TempDir Path folder) throws Exception {
    Path device = folder.resolve("kvm");
    assertTrue(Kvm.obstacle(device).orElseThrow().startsWith("there is no /dev/kvm"));
    Files.createFile(device);
    assertTrue(Kvm.obstacle(device).orElseThrow().startsWith("/dev/kvm is no device"));
    Files.delete(device);
    Files.createDirectory(device);
    String told = Kvm.obstacle(device).orElseThrow();
    assertTrue(told.startsWith("/dev/kvm cannot be opened ("), told);
  }

  @Test
  void findsNoFaultWithADeviceThatOpens() {
    assertEquals(Optional.empty(), Kvm.obstacle(Path.of("/dev/null")));
  }
}
