package org.virt.driver.qemu.internal.device;

import java.util.List;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Offer;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.PciKind;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Graphics cards. */
public final class VideoPart implements Part {
  private static final List<Offer> MODELS =
      Offer.list(
          "modelType",
          "vga",
          "VGA",
          "cirrus",
          "cirrus-vga",
          "vmvga",
          "vmware-svga",
          "qxl",
          "qxl-vga",
          "virtio",
          "virtio-gpu-pci",
          "none",
          "",
          "bochs",
          "bochs-display",
          "ramfb",
          "ramfb");

  private static final int KIB = 1024;
  private static final String VRAM = "16384";
  private static final String QXL_RAM = "65536";

  @Override
  public void complete(Guest guest, Node video) throws VirtException {
    Node model = video.ensure("model");
    boolean first = guest.devices("video").get(0) == video;
    if (!model.has("@type") || model.is("@type", "default")) {
      model.set("type", type(guest));
    }
    String type = model.get("@type");
    switch (type) {
      case "cirrus", "vga", "vmvga", "bochs" -> model.fill("vram", VRAM);
      case "qxl" -> {
        model.fill("ram", QXL_RAM).fill("vram", QXL_RAM).fill("vgamem", VRAM);
        for (String size : List.of("ram", "vram", "vgamem")) {
          long value = Math.max(model.number("@" + size), 1);
          long rounded = Long.highestOneBit(value);
          model.set(size, Long.toString(rounded == value ? value : rounded * 2));
        }
      }
      default -> {
        // The others have no such memory.
      }
    }
    if (!type.equals("none")) {
      model.fill("heads", "1");
      model.set("primary", first ? "yes" : model.on("@primary") ? "yes" : null);
    }
  }

  private static String type(Guest guest) {
    return switch (guest.board()) {
      case VIRT, S390 -> "virtio";
      case PSERIES -> "vga";
      default -> "cirrus";
    };
  }

  @Override
  public PciKind pci(Guest guest, Node video) {
    String type = video.get("model/@type", "");
    return switch (type) {
      case "none", "ramfb" -> PciKind.NONE;
      case "virtio" -> Virtio.pci(guest, video, null);
      case "bochs" -> PciKind.EXPRESS;
      default -> PciKind.PCI;
    };
  }

  @Override
  public List<Offer> offers(Board board) {
    return MODELS;
  }

  @Override
  public void check(Guest guest, Node video) throws VirtException {
    video.oneOf("model/@type", Offer.values(MODELS));
    String type = video.get("model/@type");
    boolean first = guest.devices("video").get(0) == video;
    if (type.equals("none") && guest.devices("video").size() > 1) {
      throw Refusal.of(video.path("model/@type"), "'none' stands beside another card");
    }
    long primaries = guest.devices("video").stream().filter(v -> v.on("model/@primary")).count();
    if (primaries > 1) {
      throw Refusal.of(video.path("model/@primary"), "there is one only");
    }
    if (type.matches("none|ramfb") && video.has("address")) {
      throw Refusal.of(video.path("address"), "video of type '" + type + "' has none");
    }
    if (!first && !type.matches("qxl|virtio")) {
      throw Refusal.of(video.path("model/@type"), "'" + type + "' cannot be a second card");
    }
    options(video, type);
    Node acceleration = video.child("model/acceleration");
    if (acceleration != null && acceleration.attributes().isEmpty()) {
      throw Refusal.of(acceleration.path(), "says nothing");
    }
    if (video.on("model/acceleration/@accel2d")) {
      throw Refusal.of(acceleration.path("@accel2d"), "QEMU has none");
    }
    if (video.has("model/acceleration/@rendernode") && !video.is("driver/@name", "vhostuser")) {
      throw Refusal.of(acceleration.path("@rendernode"), "is for driver 'vhostuser'");
    }
    if (video.on("model/acceleration/@accel3d") && !type.equals("virtio")) {
      throw Refusal.of(video.path("model/acceleration"), "needs type 'virtio'");
    }
  }

  private static void options(Node video, String type) throws VirtException {
    Node model = video.child("model");
    boolean qxl = type.equals("qxl");
    for (String memory : List.of("ram", "vgamem", "vram64")) {
      if (model.has("@" + memory) && !qxl) {
        throw Refusal.of(model.path("@" + memory), "is for type 'qxl'");
      }
    }
    if (model.number("@heads", 1) > 1 && !type.matches("qxl|virtio")) {
      throw Refusal.of(model.path("@heads"), "type '" + type + "' has one");
    }
    if (!qxl && model.number("@vram", KIB) < KIB) {
      throw Refusal.of(model.path("@vram"), "is less than 1024 KiB");
    }
    if (qxl && model.number("@vgamem", KIB) < KIB) {
      throw Refusal.of(model.path("@vgamem"), "is less than 1024 KiB");
    }
    if (model.has("resolution") && !type.matches("vga|qxl|virtio|bochs|none")) {
      throw Refusal.xml(model.path("resolution"), "is not for type '" + type + "'");
    }
    if (video.is("driver/@name", "vhostuser") && !type.equals("virtio")) {
      throw Refusal.of(video.path("driver/@name"), "'vhostuser' needs type 'virtio'");
    }
  }

  @Override
  public void write(Machine machine, Node video, CommandLine out) throws VirtException {
    if (video.is("model/@type", "none")) {
      return;
    }
    boolean vhost = video.is("driver/@name", "vhostuser");
    Props props = card(machine, video, vhost);
    props.put("id", Machine.alias(video));
    Node resolution = video.child("model/resolution");
    if (resolution != null) {
      props.put("xres", resolution.number("@x")).put("yres", resolution.number("@y"));
    }
    if (vhost) {
      String chardev = "chr-vu-" + Machine.alias(video);
      String path =
          machine.facts().socketFolder() + "/" + Machine.alias(video) + "-vhost-user-gpu.sock";
      out.add("-chardev", "socket,id=" + chardev + ",path=" + CommandLine.escape(path));
      props.put("chardev", chardev);
    }
    out.device(machine.place(props, video));
  }

  private static Props card(Machine machine, Node video, boolean vhost) throws VirtException {
    Node model = video.child("model");
    boolean primary = model.on("@primary");
    boolean s390 = machine.guest().board() == Board.S390;
    boolean pc = machine.guest().board().isPc();
    switch (model.get("@type")) {
      case "vga" -> {
        return Props.device("VGA").put("vgamem_mb", model.number("@vram") / KIB);
      }
      case "cirrus" -> {
        return Props.device("cirrus-vga");
      }
      case "vmvga" -> {
        return Props.device("vmware-svga").put("vgamem_mb", model.number("@vram") / KIB);
      }
      case "bochs" -> {
        return Props.device("bochs-display").put("vgamem", model.number("@vram") * KIB);
      }
      case "ramfb" -> {
        return Props.device("ramfb");
      }
      case "virtio" -> {
        return virtio(video, primary && pc && !s390, vhost);
      }
      default -> {
        Props qxl = Props.device(primary ? "qxl-vga" : "qxl");
        qxl.put("max_outputs", model.number("@heads"));
        qxl.put("ram_size", model.number("@ram") * KIB);
        qxl.put("vram_size", model.number("@vram") * KIB);
        qxl.put("vram64_size_mb", model.number("@vram64", 0) / KIB);
        return qxl.put("vgamem_mb", model.number("@vgamem") / KIB);
      }
    }
  }

  private static Props virtio(Node video, boolean vga, boolean vhost) throws VirtException {
    Node model = video.child("model");
    String gl = model.on("acceleration/@accel3d") ? "-gl" : "";
    String kind = vhost ? "vhost-user-gpu" : "virtio-gpu" + gl;
    String primary = vhost ? "vhost-user-vga" : "virtio-vga" + gl;
    Props props = Props.device(vga ? primary : Virtio.driver(kind, video, null));
    if (!(vga && vhost)) {
      Virtio.options(props, video);
    }
    return props.put("max_outputs", model.number("@heads")).put("blob", model.flag("@blob"));
  }
}
