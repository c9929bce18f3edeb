package org.virt.driver.qemu.internal.argv;

import java.util.Map;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.config.Nodes;
import org.virt.driver.qemu.internal.config.Refusal;
import org.virt.model.domain.Interface;

/** Writes network cards and what they are plugged into. */
final class InterfaceWriter {
  private static final Map<String, String> MODELS =
      Map.of(
          "virtio", "virtio-net-pci",
          "virtio-transitional", "virtio-net-pci-transitional",
          "virtio-non-transitional", "virtio-net-pci-non-transitional",
          "e1000", "e1000",
          "e1000e", "e1000e",
          "rtl8139", "rtl8139",
          "ne2k_pci", "ne2k_pci",
          "pcnet", "pcnet",
          "vmxnet3", "vmxnet3",
          "i82551", "i82551");

  private InterfaceWriter() {}

  static void write(Machine machine, CommandLine out) throws VirtException {
    int number = 0;
    for (Interface net : machine.config().devices.interfaces) {
      String path = Nodes.path("interface", machine.config().devices.interfaces, net);
      String backend = "hostnet" + number++;
      int queues = queues(path, net);
      out.add("-netdev", backend(machine, net, path, queues) + ",id=" + backend);
      String driver = MODELS.get(String.valueOf(net.model.type));
      if (driver == null) {
        throw Refusal.value(path + "/model/@type", net.model.type);
      }
      boolean virtio = driver.startsWith("virtio");
      if (!virtio && (queues > 1 || net.mtu != null)) {
        throw Refusal.of(path + "/model/@type", "queues and mtu need 'virtio'");
      }
      out.json(
          "-device",
          Machine.members(
              Machine.of(
                  "driver",
                  driver,
                  "mq",
                  queues > 1 ? Boolean.TRUE : null,
                  // One for each direction of each queue, one for control, one for changes.
                  "vectors",
                  queues > 1 ? 2 * queues + 2 : null,
                  "host_mtu",
                  net.mtu == null ? null : Nodes.number(path + "/mtu/@size", net.mtu.size),
                  "netdev",
                  backend,
                  "id",
                  net.alias.name,
                  "mac",
                  net.mac.address),
              machine.pci(path, net),
              Machine.of("bootindex", machine.bootIndex(net, net.boot))));
    }
  }

  private static int queues(String path, Interface net) throws VirtException {
    if (net.driver == null || net.driver.queues == null) {
      return 1;
    }
    int queues = Nodes.number(path + "/driver/@queues", net.driver.queues);
    if (queues < 1 || queues > 256) {
      throw Refusal.value(path + "/driver/@queues", net.driver.queues);
    }
    return queues;
  }

  private static String backend(Machine machine, Interface net, String path, int queues)
      throws VirtException {
    switch (String.valueOf(net.type)) {
      case "user" -> {
        if (net.filterref != null) {
          throw Refusal.of(path + "/filterref", "an interface of type 'user' cannot be filtered");
        }
        if (queues > 1) {
          throw Refusal.of(path + "/driver/@queues", "an interface of type 'user' has one");
        }
        return "user";
      }
      case "bridge", "ethernet" -> {
        Facts.Tap tap = machine.facts().taps().get(net.alias.name);
        if (tap == null) {
          throw Refusal.value(path + "/target/@dev", null);
        }
        String headers =
            switch (tap.headers()) {
              case VIRTIO -> ",vnet_hdr=on";
              case NONE -> ",vnet_hdr=off";
              case AS_IT_IS -> "";
            };
        return "tap,ifname="
            + CommandLine.escape(tap.name())
            + ",script=no,downscript=no"
            + headers
            + (queues > 1 ? ",queues=" + queues : "")
            + (tap.backend() == Facts.Backend.VHOST ? ",vhost=on" : "");
      }
      default -> throw Refusal.value(path + "/@type", net.type);
    }
  }
}
