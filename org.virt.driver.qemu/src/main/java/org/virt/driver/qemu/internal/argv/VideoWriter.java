package org.virt.driver.qemu.internal.argv;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.config.Nodes;
import org.virt.driver.qemu.internal.config.Refusal;
import org.virt.model.domain.Video;

/** Writes graphics cards. */
final class VideoWriter {
  private static final int KIB = 1024;
  private static final int DEFAULT_VRAM = 16384;
  private static final int DEFAULT_QXL_RAM = 65536;

  private VideoWriter() {}

  static void write(Machine machine, CommandLine out) throws VirtException {
    boolean primary = true;
    for (Video video : machine.config().devices.videos) {
      String path = Nodes.path("video", machine.config().devices.videos, video);
      if (video.model == null || video.model.type == null) {
        throw Refusal.value(path + "/model/@type", null);
      }
      if (!video.model.type.equals("none")) {
        out.json("-device", Machine.members(card(path, video, primary), machine.pci(path, video)));
      }
      primary = false;
    }
  }

  private static Object[] card(String path, Video video, boolean primary) throws VirtException {
    String id = video.alias.name;
    Video.Model model = video.model;
    int vram = size(path + "/model/@vram", model.vram, DEFAULT_VRAM);
    switch (model.type) {
      case "vga" -> {
        return Machine.of("driver", only(path, primary, "VGA"), "id", id, "vgamem_mb", vram / KIB);
      }
      case "cirrus" -> {
        return Machine.of("driver", only(path, primary, "cirrus-vga"), "id", id);
      }
      case "bochs" -> {
        return Machine.of("driver", "bochs-display", "id", id, "vgamem", vram * KIB);
      }
      case "virtio" -> {
        String driver = primary ? "virtio-vga" : "virtio-gpu-pci";
        int heads = size(path + "/model/@heads", model.heads, 1);
        return Machine.of("driver", driver, "id", id, "max_outputs", heads);
      }
      case "qxl" -> {
        return Machine.of(
            "driver",
            primary ? "qxl-vga" : "qxl",
            "id",
            id,
            "max_outputs",
            size(path + "/model/@heads", model.heads, 1),
            "ram_size",
            (long) size(path + "/model/@ram", model.ram, DEFAULT_QXL_RAM) * KIB,
            "vram_size",
            (long) size(path + "/model/@vram", model.vram, DEFAULT_QXL_RAM) * KIB,
            "vram64_size_mb",
            0,
            "vgamem_mb",
            size(path + "/model/@vgamem", model.vgamem, DEFAULT_VRAM) / KIB);
      }
      default -> throw Refusal.value(path + "/model/@type", model.type);
    }
  }

  private static int size(String path, String value, int absent) throws VirtException {
    return value == null ? absent : Nodes.number(path, value);
  }

  private static String only(String path, boolean primary, String driver) throws VirtException {
    if (!primary) {
      throw Refusal.of(path + "/model/@type", "not supported for a second card");
    }
    return driver;
  }
}
