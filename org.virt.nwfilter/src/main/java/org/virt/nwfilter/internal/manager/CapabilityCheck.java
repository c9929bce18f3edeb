package org.virt.nwfilter.internal.manager;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.virt.api.HostCheck;

/** Says whether the runtime may change interfaces and rules at all. */
@Component
public final class CapabilityCheck implements HostCheck {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String EFFECTIVE = "CapEff:";

  /** CAP_NET_ADMIN, capabilities(7). */
  private static final int NET_ADMIN = 12;

  @Override
  public List<Finding> check() {
    boolean allowed = mayAdministerNetwork();
    return List.of(
        new Finding(
            "nwfilter",
            "permission to change interfaces and rules (CAP_NET_ADMIN)",
            allowed ? Result.PASS : Result.FAIL,
            allowed ? "" : "no port can be filtered, so no filtered machine can start",
            allowed ? "" : "run the runtime as root"));
  }

  private static boolean mayAdministerNetwork() {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(EFFECTIVE))
          .map(line -> Long.parseUnsignedLong(line.substring(EFFECTIVE.length()).strip(), 16))
          .anyMatch(capabilities -> (capabilities >> NET_ADMIN & 1) == 1);
    } catch (IOException | NumberFormatException e) {
      return false;
    }
  }
}
