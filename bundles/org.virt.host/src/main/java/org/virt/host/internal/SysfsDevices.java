package org.virt.host.internal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.host.NodeDevice;
import org.virt.api.host.NodeDevices;
import org.virt.api.xml.XmlWriter;

/**
 * The devices of this host by sysfs, as it is at the moment, under the names that libvirt gives
 * them: the computer, PCI and USB, interfaces, SCSI hosts and devices, disks.
 */
final class SysfsDevices implements NodeDevices {
  static final String COMPUTER = "computer";

  private final Path sys;

  SysfsDevices(Path sys) {
    this.sys = sys;
  }

  /** A kind of devices, and where sysfs lists them. */
  private enum Kind {
    PCI("pci", "bus/pci/devices"),
    USB("usb_device", "bus/usb/devices"),
    NET("net", "class/net"),
    SCSI_HOST("scsi_host", "class/scsi_host"),
    SCSI("scsi", "bus/scsi/devices"),
    STORAGE("storage", "block");

    final String capability;
    final String folder;

    Kind(String capability, String folder) {
      this.capability = capability;
      this.folder = folder;
    }
  }

  /** A device, where it is in sysfs. */
  private record Found(String name, Kind kind, Path path) {
    String capability() {
      // A name such as 1-1:1.0 is an interface of a USB device.
      return kind == Kind.USB && file().contains(":") ? "usb" : kind.capability;
    }

    String file() {
      return path.getFileName().toString();
    }
  }

  @Override
  public List<NodeDevice> nodeDevices() {
    Map<String, Found> found = find();
    Map<Path, String> names = names(found);
    List<NodeDevice> all = new ArrayList<>();
    all.add(new NodeDevice(COMPUTER, Optional.empty(), List.of("system")));
    found.values().forEach(one -> all.add(describe(one, names)));
    return all;
  }

  @Override
  public NodeDevice nodeDevice(String name) throws VirtException {
    return nodeDevices().stream()
        .filter(device -> device.name().equals(name))
        .findFirst()
        .orElseThrow(() -> none(name));
  }

  @Override
  public String nodeDeviceXml(String name) throws VirtException {
    XmlWriter xml = new XmlWriter();
    if (name.equals(COMPUTER)) {
      xml.open("device").element("name", COMPUTER);
      DeviceXml.system(xml, sys.resolve("class/dmi/id"));
      return xml.close().toString();
    }
    Map<String, Found> found = find();
    Found one = found.get(name);
    if (one == null) {
      throw none(name);
    }
    xml.open("device").element("name", name).element("path", one.path());
    xml.element("parent", parent(one, names(found)));
    SysFile.targetName(one.path().resolve("driver"))
        .ifPresent(driver -> xml.open("driver").element("name", driver).close());
    switch (one.kind()) {
      case PCI -> DeviceXml.pci(xml, one.path());
      case USB -> {
        if (one.capability().equals("usb")) {
          DeviceXml.usbInterface(xml, one.path());
        } else {
          DeviceXml.usb(xml, one.path());
        }
      }
      case NET -> DeviceXml.net(xml, one.path());
      case SCSI_HOST -> DeviceXml.scsiHost(xml, one.path());
      case SCSI -> DeviceXml.scsi(xml, one.path());
      case STORAGE -> DeviceXml.storage(xml, one.path());
    }
    return xml.close().toString();
  }

  private static VirtException none(String name) {
    return new VirtException(
        ErrorCode.NO_NODE_DEVICE, "no node device with matching name '" + name + "'");
  }

  private Map<String, Found> find() {
    Map<String, Found> all = new TreeMap<>();
    for (Kind kind : Kind.values()) {
      for (Path link : SysFile.list(sys.resolve(kind.folder))) {
        Optional<Path> path = SysFile.target(link);
        if (path.isPresent() && isWanted(kind, path.get())) {
          String name = name(kind, path.get());
          all.put(name, new Found(name, kind, path.get()));
        }
      }
    }
    return all;
  }

  private static boolean isWanted(Kind kind, Path path) {
    return switch (kind) {
      // Files beside the folders of interfaces, such as bonding_masters.
      case NET -> Files.isDirectory(path);
      // Not what is made of files or memory.
      case STORAGE -> Files.exists(path.resolve("device"));
      // A target is none of its devices.
      case SCSI -> path.getFileName().toString().matches("[0-9]+(:[0-9]+){3}");
      default -> true;
    };
  }

  private static String name(Kind kind, Path path) {
    String file = path.getFileName().toString();
    return switch (kind) {
      case PCI -> "pci_" + plain(file);
      case USB -> "usb_" + plain(file);
      case SCSI -> "scsi_" + plain(file);
      case SCSI_HOST -> "scsi_" + plain(file);
      case NET -> "net_" + plain(file + "_" + SysFile.read(path.resolve("address")).orElse("none"));
      case STORAGE ->
          "block_" + plain(file + DeviceXml.serial(path).map(serial -> "_" + serial).orElse(""));
    };
  }

  private static String plain(String text) {
    return text.replaceAll("[^A-Za-z0-9]", "_");
  }

  private static Map<Path, String> names(Map<String, Found> found) {
    Map<Path, String> names = new HashMap<>();
    found.values().forEach(one -> names.put(one.path(), one.name()));
    return names;
  }

  private static NodeDevice describe(Found one, Map<Path, String> names) {
    return new NodeDevice(one.name(), Optional.of(parent(one, names)), List.of(one.capability()));
  }

  /** Returns the next device on the way up, the computer at its end. */
  private static String parent(Found one, Map<Path, String> names) {
    for (Path up = one.path().getParent(); up != null; up = up.getParent()) {
      String name = names.get(up);
      if (name != null) {
        return name;
      }
    }
    return COMPUTER;
  }
}
