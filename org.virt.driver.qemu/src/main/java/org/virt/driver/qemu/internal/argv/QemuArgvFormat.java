package org.virt.driver.qemu.internal.argv;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;
import org.virt.api.ErrorCode;
import org.virt.api.HypervisorInfo.Version;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.argv.Facts.Backend;
import org.virt.driver.qemu.internal.argv.Facts.Headers;
import org.virt.driver.qemu.internal.argv.Facts.Tap;
import org.virt.driver.qemu.internal.config.Aliases;
import org.virt.driver.qemu.internal.config.Completion;
import org.virt.driver.qemu.internal.config.HostDefaults;
import org.virt.driver.qemu.internal.config.SocketPaths;
import org.virt.driver.qemu.internal.config.SupportCheck;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;
import org.virt.model.domain.Interface;
import org.virt.spi.format.ConfigFormat;

/**
 * Shows the command line that a machine would be started with. Nothing of the host is looked at:
 * paths and interfaces that a start would choose have the names that they have on an empty host.
 */
@Component(property = ConfigFormat.NAME + "=qemu-argv")
public final class QemuArgvFormat implements ConfigFormat {
  /** The oldest QEMU that understands what is written. */
  public static final Version OLDEST = new Version(6, 2, 0);

  private static final String FOLDER = "/var/lib/virt/qemu/run/";

  @Override
  public String toNative(String domainXml) throws VirtException {
    DomainConfig config = DomainXml.parse(domainXml);
    Completion.run(config, HostDefaults.NONE);
    SupportCheck.run(config);
    Aliases.assign(config);
    String folder = FOLDER + config.uuid;
    SocketPaths.fill(config, folder);
    Facts facts = new Facts(OLDEST, folder + "/monitor", Optional.empty(), folder, taps(config));
    return ArgvText.of(QemuArgv.of(config, facts));
  }

  private static Map<String, Tap> taps(DomainConfig config) {
    Map<String, Tap> taps = new HashMap<>();
    for (Interface net : config.devices.interfaces) {
      boolean named = net.target != null && net.target.dev != null;
      String name = named ? net.target.dev : "vnet" + taps.size();
      boolean virtio = String.valueOf(net.model.type).startsWith("virtio");
      boolean vhost = net.driver != null && "vhost".equals(net.driver.name);
      taps.put(
          net.alias.name,
          new Tap(
              name, virtio ? Headers.VIRTIO : Headers.NONE, vhost ? Backend.VHOST : Backend.QEMU));
    }
    return taps;
  }

  @Override
  public String fromNative(String configuration) throws VirtException {
    throw new VirtException(
        ErrorCode.NO_SUPPORT, "make domain XML of a QEMU command line: not supported");
  }
}
