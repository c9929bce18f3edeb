package org.virt.driver.qemu.internal.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.virt.model.domain.CharDevice;
import org.virt.model.domain.Devices;

/**
 * Fills in what serial ports, consoles and channels leave open. The first console of a PC is its
 * first serial port, listed twice (libvirt's formatdomain, "Console").
 */
final class CharDefaults {
  private CharDefaults() {}

  static void complete(Devices devices) {
    pairConsole(devices);
    Set<String> ports = new HashSet<>();
    for (CharDevice serial : devices.serials) {
      if (target(serial).port != null) {
        ports.add(serial.target.port);
      }
    }
    int next = 0;
    for (CharDevice serial : devices.serials) {
      CharDevice.Target target = target(serial);
      while (target.port == null) {
        target.port = ports.add(Integer.toString(next)) ? Integer.toString(next) : null;
        next++;
      }
      if (target.type == null) {
        target.type = "isa-serial";
      }
      if (target.model == null && target.type.equals("isa-serial")) {
        target.model = new CharDevice.Model();
        target.model.name = "isa-serial";
      }
    }
    int number = 0;
    for (CharDevice console : devices.consoles) {
      if (target(console).type == null) {
        console.target.type = "serial";
      }
      if (console.target.port == null) {
        console.target.port = Integer.toString(number);
      }
      number++;
    }
  }

  private static void pairConsole(Devices devices) {
    if (devices.consoles.isEmpty()) {
      if (!devices.serials.isEmpty()) {
        devices.consoles.add(twin(devices.serials.get(0), "serial"));
      }
      return;
    }
    CharDevice first = devices.consoles.get(0);
    boolean serial = target(first).type == null || first.target.type.equals("serial");
    if (!serial) {
      return;
    }
    if (devices.serials.isEmpty()) {
      CharDevice port = twin(first, null);
      port.otherElements = first.otherElements;
      port.protocol = first.protocol;
      devices.serials.add(port);
    }
    devices.consoles.set(0, twin(devices.serials.get(0), "serial"));
  }

  private static CharDevice twin(CharDevice device, String targetType) {
    CharDevice twin = new CharDevice();
    twin.type = device.type;
    twin.sources = new ArrayList<>(device.sources);
    twin.protocol = device.protocol;
    twin.target = new CharDevice.Target();
    twin.target.type = targetType;
    twin.target.port = "0";
    return twin;
  }

  private static CharDevice.Target target(CharDevice device) {
    if (device.target == null) {
      device.target = new CharDevice.Target();
    }
    return device.target;
  }

  /** Says whether a device is a port of a virtio-serial controller. */
  static boolean isVirtio(CharDevice device) {
    return device.target != null && "virtio".equals(device.target.type);
  }

  /** Gives each virtio channel a port; the first one is left to a console, QEMU places those. */
  static void place(Devices devices) {
    Map<String, Set<String>> taken = new HashMap<>();
    for (CharDevice device : devices.channels) {
      if (isVirtio(device) && device.address != null && device.address.port != null) {
        taken.computeIfAbsent(controller(device), c -> new HashSet<>()).add(device.address.port);
      }
    }
    for (CharDevice device : devices.channels) {
      if (isVirtio(device) && (device.address == null || device.address.port == null)) {
        String controller = controller(device);
        Set<String> ports = taken.computeIfAbsent(controller, c -> new HashSet<>());
        int port = 1;
        while (!ports.add(Integer.toString(port))) {
          port++;
        }
        Nodes.place(device, "virtio-serial", controller, "0", Integer.toString(port));
      }
    }
  }

  static String controller(CharDevice device) {
    return device.address == null || device.address.controller == null
        ? "0"
        : device.address.controller;
  }
}
