package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** The machines of these tests: no guest in them, only the firmware. */
final class QemuMachines {
  static final URI SYSTEM = URI.create("qemu:///system");
  private static final Path QEMU = Path.of("/usr/bin/qemu-system-x86_64");

  private QemuMachines() {}

  /** Skips a test where there is no QEMU or no root. */
  static void require() {
    assumeTrue(
        Files.isExecutable(QEMU), "needs qemu-system-x86_64 (apt-get install qemu-system-x86)");
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
  }

  /** Returns the smallest machine, with more devices when given. */
  static String xml(String name, UUID uuid, String devices) {
    return """
        <domain type='qemu'>
          <name>%s</name>
          <uuid>%s</uuid>
          <memory unit='MiB'>32</memory>
          <os><type arch='x86_64' machine='pc'>hvm</type></os>
          <features><acpi/></features>
          <devices>
            <controller type='usb' index='0' model='none'/>
            %s
            <memballoon model='none'/>
          </devices>
        </domain>
        """
        .formatted(name, uuid, devices);
  }
}
