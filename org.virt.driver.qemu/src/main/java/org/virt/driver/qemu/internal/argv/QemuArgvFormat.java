package org.virt.driver.qemu.internal.argv;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;
import org.virt.api.ErrorCode;
import org.virt.api.HypervisorInfo.Version;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.board.OwnWords;
import org.virt.driver.qemu.internal.cpu.CpuDefinitions;
import org.virt.driver.qemu.internal.cpu.HostModel;
import org.virt.driver.qemu.internal.device.Aliases;
import org.virt.driver.qemu.internal.device.Devices;
import org.virt.driver.qemu.internal.guest.ArgvText;
import org.virt.driver.qemu.internal.guest.Facts;
import org.virt.driver.qemu.internal.guest.Facts.Backend;
import org.virt.driver.qemu.internal.guest.Facts.Headers;
import org.virt.driver.qemu.internal.guest.Facts.Tap;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.HostDefaults;
import org.virt.driver.qemu.internal.guest.HostFacts;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.spi.format.ConfigFormat;

/**
 * Shows the command line that a machine would be started with. Of the host, QEMU alone is asked,
 * for its idea of the host's CPU: paths and interfaces that a start would choose have the names
 * that they have on an empty host.
 */
@Component(property = ConfigFormat.NAME + "=qemu-argv")
public final class QemuArgvFormat implements ConfigFormat {
  /** The oldest QEMU that understands what is written. */
  public static final Version OLDEST = new Version(6, 2, 0);

  private static final String FOLDER = "/var/lib/virt/qemu/run/";

  private final HostModel models = new HostModel(new CpuDefinitions());

  @Override
  public String toNative(String domainXml) throws VirtException {
    Guest guest = Completion.run(domainXml, HostDefaults.NONE);
    models.settle(guest);
    Devices.plug(guest);
    Aliases.assign(guest);
    String folder = FOLDER + guest.root().get("uuid");
    SocketPaths.fill(guest, folder);
    Facts facts =
        new Facts(
            OLDEST, folder + "/monitor", Optional.empty(), folder, taps(guest), HostFacts.USUAL);
    return ArgvText.of(OwnWords.environment(guest.root()), QemuArgv.of(guest, facts));
  }

  private static Map<String, Tap> taps(Guest guest) throws VirtException {
    Map<String, Tap> taps = new HashMap<>();
    for (Node card : guest.devices("interface")) {
      String name = card.get("target/@dev", "vnet" + taps.size());
      boolean virtio = card.get("model/@type", "").startsWith("virtio");
      Headers headers = virtio ? Headers.VIRTIO : Headers.NONE;
      boolean vhost = card.is("driver/@name", "vhost");
      taps.put(Machine.alias(card), new Tap(name, headers, vhost ? Backend.VHOST : Backend.QEMU));
    }
    return taps;
  }

  @Override
  public String fromNative(String configuration) throws VirtException {
    throw new VirtException(
        ErrorCode.NO_SUPPORT, "make domain XML of a QEMU command line: not supported");
  }
}
