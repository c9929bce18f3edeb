package org.virt.driver.qemu.internal.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.virt.api.ErrorCode;
import org.virt.api.PortId;
import org.virt.api.VirtException;
import org.virt.common.net.Link;
import org.virt.common.net.Links;
import org.virt.common.net.MacvtapRequest;
import org.virt.common.net.MacvtapRequest.Mode;
import org.virt.common.process.Command;
import org.virt.driver.qemu.internal.guest.Refusal;
import org.virt.model.domain.Interface;

/** Makes macvtaps, and finds the files through which they are read and written. */
record Macvtaps(Links links) {
  private static final Map<String, Mode> MODES =
      Map.of(
          "private", Mode.PRIVATE,
          "vepa", Mode.VEPA,
          "bridge", Mode.BRIDGE,
          "passthrough", Mode.PASSTHRU);

  /** Makes that of a card; it is down. */
  Link create(Interface net, Port port) throws VirtException {
    Mode mode = MODES.get(net.source.mode == null ? "vepa" : net.source.mode);
    if (mode == null) {
      throw Refusal.value("/domain/devices/interface/source/@mode", net.source.mode);
    }
    PortId name = lower(net);
    Link lower =
        links
            .find(name)
            .orElseThrow(
                () ->
                    new VirtException(
                        ErrorCode.NO_INTERFACE, "there is no interface '" + name + "'"));
    if (!lower.is(Link.Flag.UP)) {
      throw new VirtException(
          ErrorCode.OPERATION_FAILED,
          "create macvtap " + port.name() + " on " + name + ": " + name + " is switched off");
    }
    return links.createMacvtap(
        new MacvtapRequest(port.name(), lower.index(), port.hostMac(), mode));
  }

  /** Returns the device that a card's macvtap is on. */
  static PortId lower(Interface net) throws VirtException {
    return PortPlan.portId("/domain/devices/interface/source/@dev", net.source.dev);
  }

  /**
   * Returns the paths of files that QEMU gets.
   *
   * @param folder where they are made if need be
   */
  List<Path> paths(List<TapFile> files, Path folder) throws VirtException {
    Map<Port, Path> known = new HashMap<>();
    List<Path> paths = new ArrayList<>();
    for (TapFile file : files) {
      if (!known.containsKey(file.port())) {
        known.put(file.port(), path(file.port(), folder));
      }
      paths.add(known.get(file.port()));
    }
    return paths;
  }

  /**
   * Returns the device file of a macvtap. Where {@code /dev} has another one of that name, or none,
   * as in containers, it is made in a folder.
   */
  private Path path(Port port, Path folder) throws VirtException {
    int index =
        links
            .find(port.name())
            .orElseThrow(
                () ->
                    new VirtException(
                        ErrorCode.NO_INTERFACE, "there is no interface '" + port.name() + "'"))
            .index();
    Path number = Path.of("/sys/class/net", port.name().name(), "tap" + index, "dev");
    try {
      String[] device = Files.readString(number).strip().split(":", 2);
      Path usual = Path.of("/dev/tap" + index);
      if (Files.exists(usual) && isDevice(usual, device)) {
        return usual;
      }
      Path own = folder.resolve("tap" + index);
      Command.of("mknod", "-m", "600", own.toString(), "c", device[0], device[1]).require();
      return own;
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.SYSTEM_ERROR, "open macvtap " + port.name() + ": read " + number + ": " + e, e);
    }
  }

  /** Says whether a file is the device of a number: its major and minor part, as makedev(3). */
  private static boolean isDevice(Path file, String[] number) throws IOException {
    long device = ((Number) Files.getAttribute(file, "unix:rdev")).longValue();
    long major = device >> 8 & 0xfff | device >> 32 & ~0xfffL;
    long minor = device & 0xff | device >> 12 & ~0xffL & 0xffffffffL;
    return major == Long.parseLong(number[0]) && minor == Long.parseLong(number[1]);
  }
}
