package org.virt.test.host.qemu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import org.virt.api.VirtException;
import org.virt.common.process.Command;
import org.virt.common.process.Result;

/**
 * The small Linux of {@code test/guest}.
 *
 * @param folder of kernel and initial RAM disk
 */
record TestGuest(Path folder) {
  private static final Duration BUILD_LIMIT = Duration.ofMinutes(2);

  /** How long it may take to boot, in a loop of ours on a busy host. */
  static final Duration BOOT_LIMIT = Duration.ofMinutes(2);

  /** Makes it where it is not there; skips the test where it cannot be made. */
  static TestGuest find() throws VirtException {
    Path build = Path.of(System.getProperty("virt.checkout", "../.."), "test/guest/build");
    Result result = Command.of(build.toString()).withLimit(BUILD_LIMIT).run();
    assumeTrue(result.ok(), "needs the test guest (test/guest/build): " + result.reason());
    return new TestGuest(Path.of(result.out().strip()));
  }

  /** Returns the part of domain XML that boots it; it runs a script of the shell. */
  String os(String script) {
    String encoded = Base64.getEncoder().encodeToString(script.getBytes(StandardCharsets.UTF_8));
    return """
        <os>
          <type arch='x86_64' machine='pc'>hvm</type>
          <kernel>%s/vmlinuz</kernel>
          <initrd>%s/initramfs.gz</initrd>
          <cmdline>console=ttyS0 quiet panic=-1 virt.net=none virt.script=%s</cmdline>
        </os>
        <features><acpi/></features>
        """
        .formatted(folder, folder, encoded);
  }
}
