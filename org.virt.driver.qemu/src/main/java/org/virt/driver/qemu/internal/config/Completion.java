package org.virt.driver.qemu.internal.config;

import org.virt.api.VirtException;
import org.virt.model.domain.Controller;
import org.virt.model.domain.Disk;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.Input;
import org.virt.model.domain.Interface;
import org.virt.model.domain.Memballoon;
import org.virt.model.domain.Os;
import org.virt.model.domain.Video;

/**
 * Fills in what a definition leaves open, as libvirt does: UUID, MAC addresses, machine type,
 * implied devices, controllers and the addresses of all devices. What is filled in once stays, for
 * it is kept with the definition; a complete definition is not changed.
 */
public final class Completion {
  private final DomainConfig config;
  private final HostDefaults host;

  private Completion(DomainConfig config, HostDefaults host) {
    this.config = config;
    this.host = host;
  }

  /**
   * Completes a machine in place.
   *
   * @throws VirtException {@code CONFIG_UNSUPPORTED} with the element for what cannot be placed
   */
  public static void run(DomainConfig config, HostDefaults host) throws VirtException {
    new Completion(config, host).run();
  }

  private void run() throws VirtException {
    config.ensureUuid();
    completeOs();
    Family family = Family.of(config);
    for (Disk disk : config.devices.disks) {
      DiskDefaults.complete(disk, Nodes.path("disk", config.devices.disks, disk));
    }
    config.devices.disks = DiskDefaults.sort(config.devices.disks);
    for (Interface net : config.devices.interfaces) {
      net.ensureMac();
      if (net.model == null) {
        net.model = new Interface.Model();
        net.model.type = "rtl8139";
      }
    }
    completeDevices();
    CharDefaults.complete(config.devices);
    ControllerDefaults.complete(config, family);
    CharDefaults.place(config.devices);
    placeUsbInputs();
    PciAssignment.run(config, family);
  }

  private void completeOs() throws VirtException {
    Os.Type type = config.os.type;
    if (!"hvm".equals(type.value)) {
      throw Refusal.value("/domain/os/type", type.value);
    }
    if (type.arch == null) {
      type.arch = "x86_64";
    }
    if (!type.arch.equals("x86_64") && !type.arch.equals("i686")) {
      throw Refusal.value("/domain/os/type/@arch", type.arch);
    }
    if (config.devices.emulator == null) {
      config.devices.emulator = host.emulator(type.arch);
    }
    type.machine =
        host.machine(config.devices.emulator, type.machine == null ? "pc" : type.machine);
    boolean ordered =
        config.devices.disks.stream().anyMatch(disk -> disk.boot != null)
            || config.devices.interfaces.stream().anyMatch(net -> net.boot != null);
    if (ordered && !config.os.boots.isEmpty()) {
      throw Refusal.of("/domain/os/boot", "devices have a boot order of their own");
    }
    if (!ordered && config.os.boots.isEmpty()) {
      Os.Boot boot = new Os.Boot();
      boot.dev = "hd";
      config.os.boots.add(boot);
    }
  }

  private void completeDevices() {
    addInput("mouse");
    addInput("keyboard");
    if (config.devices.videos.isEmpty() && !config.devices.graphics.isEmpty()) {
      Video video = new Video();
      video.model = new Video.Model();
      video.model.type = "vga";
      video.model.vram = "16384";
      video.model.heads = "1";
      config.devices.videos.add(video);
    }
    boolean first = true;
    for (Video video : config.devices.videos) {
      if (first && video.model != null && !"none".equals(video.model.type)) {
        video.model.primary = "yes";
      }
      first = false;
    }
    if (config.devices.memballoon == null) {
      config.devices.memballoon = new Memballoon();
      config.devices.memballoon.model = "virtio";
    }
  }

  private void addInput(String type) {
    boolean there =
        config.devices.inputs.stream()
            .anyMatch(input -> type.equals(input.type) && "ps2".equals(input.bus));
    if (!there) {
      Input input = new Input();
      input.type = type;
      input.bus = "ps2";
      config.devices.inputs.add(input);
    }
  }

  private void placeUsbInputs() {
    int port = 1;
    for (Input input : config.devices.inputs) {
      if (input.bus == null) {
        input.bus = "ps2".equals(input.type) ? "ps2" : "usb";
      }
      if (!input.bus.equals("usb")) {
        continue;
      }
      if (input.address == null || input.address.port == null) {
        while (usbPortTaken(port)) {
          port++;
        }
        Nodes.place(input, "usb", null, "0", Integer.toString(port));
      }
    }
  }

  private boolean usbPortTaken(int port) {
    String wanted = Integer.toString(port);
    return config.devices.inputs.stream()
        .anyMatch(
            input ->
                input.address != null
                    && "usb".equals(input.address.type)
                    && wanted.equals(input.address.port));
  }

  /** Finds a controller by type and index. */
  static boolean hasController(DomainConfig config, String type, int index) {
    for (Controller controller : config.devices.controllers) {
      if (type.equals(controller.type) && Integer.toString(index).equals(controller.index)) {
        return true;
      }
    }
    return false;
  }
}
