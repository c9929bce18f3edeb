package org.virt.common.net;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * Whether bridged packets are led through the hooks of IP: {@code net.bridge.bridge-nf-call-…} of
 * this network namespace (the kernel's Documentation/networking/ip-sysctl.rst).
 */
public final class BridgeNetfilter {
  /** What switches it on for one family, for messages. */
  public static final String IPV4 = "net.bridge.bridge-nf-call-iptables";

  public static final String IPV6 = "net.bridge.bridge-nf-call-ip6tables";

  private static final String PREFIX = "net.bridge.";

  private final Path folder;

  /** Takes the settings of the network namespace that this process is in. */
  public BridgeNetfilter() {
    this(Path.of("/proc/sys/net/bridge"));
  }

  BridgeNetfilter(Path folder) {
    this.folder = folder;
  }

  /** Says whether packets of a family are; not when it cannot be known. */
  public boolean isOn(String setting) {
    try {
      return Files.readString(file(setting)).strip().equals("1");
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Switches it on, for all bridges of this network namespace.
   *
   * @return what was off before
   * @throws VirtException {@code OPERATION_FAILED}
   */
  public List<String> switchOn() throws VirtException {
    List<String> changed = new ArrayList<>();
    for (String setting : List.of(IPV4, IPV6)) {
      if (!isOn(setting)) {
        try {
          Files.write(file(setting), "1".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
          throw new VirtException(
              ErrorCode.OPERATION_FAILED,
              "switch on " + setting + ": is the module br_netfilter there? " + e,
              e);
        }
        changed.add(setting);
      }
    }
    return changed;
  }

  /** Switches it on because a configuration says so, and says aloud what changed or failed. */
  public void switchOnAsConfigured(Logger log) {
    try {
      for (String changed : switchOn()) {
        log.warn(
            "Switched on {}, as configured: packets of every bridge in this network namespace now"
                + " meet everybody's rules for FORWARD",
            changed);
      }
    } catch (VirtException e) {
      log.warn("{}", e.getMessage());
    }
  }

  private Path file(String setting) {
    return folder.resolve(setting.substring(PREFIX.length()));
  }
}
