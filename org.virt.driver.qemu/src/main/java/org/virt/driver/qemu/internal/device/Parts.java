package org.virt.driver.qemu.internal.device;

import java.util.List;
import java.util.Map;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Offer;
import org.virt.driver.qemu.internal.guest.Part;

/** All kinds of devices by element. */
public final class Parts {
  private static final Map<String, Part> ALL =
      Map.ofEntries(
          Map.entry("disk", new DiskPart()),
          Map.entry("controller", new ControllerPart()),
          Map.entry("filesystem", new FilesystemPart()),
          Map.entry("interface", new InterfacePart()),
          Map.entry("smartcard", new SmartcardPart()),
          Map.entry("serial", new SerialPart()),
          Map.entry("parallel", new ParallelPart()),
          Map.entry("console", new ConsolePart()),
          Map.entry("channel", new ChannelPart()),
          Map.entry("input", new InputPart()),
          Map.entry("tpm", new TpmPart()),
          Map.entry("graphics", new GraphicsPart()),
          Map.entry("sound", new SoundPart()),
          Map.entry("audio", new Audio()),
          Map.entry("video", new VideoPart()),
          Map.entry("hostdev", new HostdevPart()),
          Map.entry("redirdev", new RedirdevPart()),
          Map.entry("redirfilter", new RedirfilterPart()),
          Map.entry("hub", new HubPart()),
          Map.entry("watchdog", new WatchdogPart()),
          Map.entry("memballoon", new BalloonPart()),
          Map.entry("rng", new RngPart()),
          Map.entry("panic", new PanicPart()),
          Map.entry("shmem", new ShmemPart()),
          Map.entry("memory", new MemoryPart()),
          Map.entry("iommu", new IommuPart()),
          Map.entry("vsock", new VsockPart()),
          Map.entry("crypto", new CryptoPart()));

  /** Kinds in the order of the command line. */
  private static final List<String> WRITTEN =
      List.of(
          "iommu",
          "controller",
          "hub",
          "disk",
          "filesystem",
          "memory",
          "interface",
          "smartcard",
          "serial",
          "parallel",
          "channel",
          "console",
          "tpm",
          "input",
          "audio",
          "graphics",
          "video",
          "sound",
          "watchdog",
          "redirdev",
          "hostdev",
          "memballoon",
          "rng",
          "panic",
          "shmem",
          "vsock",
          "crypto");

  private static final Part UNKNOWN = new Part() {};

  private Parts() {}

  /** Returns what is known of a device. */
  public static Part of(Node device) {
    return ALL.getOrDefault(device.name(), UNKNOWN);
  }

  /** Says whether a kind of device is known. */
  public static boolean isKnown(String kind) {
    return ALL.containsKey(kind);
  }

  /** Returns what may be chosen for a kind of device on a board. */
  public static List<Offer> offers(String kind, Board board) {
    return ALL.get(kind).offers(board);
  }

  /** Returns the kinds in the order of the command line. */
  public static List<String> written() {
    return WRITTEN;
  }
}
