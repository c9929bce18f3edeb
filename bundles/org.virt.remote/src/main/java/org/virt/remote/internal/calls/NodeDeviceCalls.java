package org.virt.remote.internal.calls;

import java.util.List;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.host.NodeDevice;
import org.virt.api.host.NodeDevices;
import org.virt.rpc.Protocol;
import org.virt.rpc.StructType;
import org.virt.rpc.XdrStruct;

/** Devices of the host. A driver without them has none. */
final class NodeDeviceCalls {
  private static final StructType DEVICE = Protocol.libvirt().struct("remote_nonnull_node_device");

  /** The words of {@code virConnectListAllNodeDevicesFlags}, by their bits. */
  private static final List<String> CAPABILITIES =
      List.of(
          "system",
          "pci",
          "usb_device",
          "usb",
          "net",
          "scsi_host",
          "scsi_target",
          "scsi",
          "storage",
          "fc_host",
          "vports",
          "scsi_generic",
          "drm",
          "mdev_types",
          "mdev",
          "ccw",
          "css",
          "vdpa",
          "ap_card",
          "ap_queue",
          "ap_matrix",
          "vpd");

  private static final int OF_CAPABILITIES = (1 << CAPABILITIES.size()) - 1;
  private static final int INACTIVE = 1 << 30;
  private static final int ACTIVE = 1 << 31;

  void declare(Declarations all) {
    declareLists(all);
    all.on("node_device_lookup_by_name", call -> call.reply(named(device(call))))
        .on(
            "node_device_get_xml_desc",
            call -> {
              call.noFlags();
              return call.reply(call.host(NodeDevices.class).nodeDeviceXml(device(call).name()));
            })
        .on(
            "node_device_get_parent",
            call -> call.reply((Object) device(call).parent().orElse(null)))
        .on("node_device_num_of_caps", call -> call.reply(device(call).capabilities().size()))
        .on(
            "node_device_list_caps",
            call ->
                call.reply(
                    device(call).capabilities().stream()
                        .limit(Math.max(0, call.integer("maxnames")))
                        .toList()))
        .on(
            "node_device_is_active",
            call -> {
              device(call);
              return call.reply(1);
            })
        .on("node_device_is_persistent", NodeDeviceCalls::stays)
        .on("node_device_get_autostart", NodeDeviceCalls::stays);
  }

  private static void declareLists(Declarations all) {
    all.on(
            "node_num_of_devices",
            call -> {
              call.noFlags();
              return call.reply(some(call).size());
            })
        .on(
            "node_list_devices",
            call -> {
              call.noFlags();
              return call.reply(
                  some(call).stream()
                      .map(NodeDevice::name)
                      .limit(Math.max(0, call.integer("maxnames")))
                      .toList());
            })
        .on(
            "connect_list_all_node_devices",
            call -> {
              call.onlyFlags(OF_CAPABILITIES | INACTIVE | ACTIVE);
              return call.listed(
                  all(call).stream()
                      .filter(device -> admits(call.flags(), device))
                      .map(NodeDeviceCalls::named)
                      .toList());
            });
  }

  /** What is listed is there: devices that are defined only, there are none. */
  private static boolean admits(int flags, NodeDevice device) {
    int has =
        device.capabilities().stream()
            .mapToInt(CAPABILITIES::indexOf)
            .filter(bit -> bit >= 0)
            .map(bit -> 1 << bit)
            .reduce(0, (a, b) -> a | b);
    return Bits.admits(flags, OF_CAPABILITIES, has)
        && Bits.admits(flags, INACTIVE | ACTIVE, ACTIVE);
  }

  private static List<NodeDevice> all(Call call) throws VirtException {
    return Absent.asEmpty(call.host(NodeDevices.class)::nodeDevices);
  }

  /** Returns the devices of the capability that a call wants, or all. */
  private static List<NodeDevice> some(Call call) throws VirtException {
    Optional<String> wanted = call.args().optionalText("cap");
    return all(call).stream()
        .filter(device -> wanted.map(device.capabilities()::contains).orElse(true))
        .toList();
  }

  /** As libvirt sees it the computer itself is kept; its devices come and go. */
  private static XdrStruct stays(Call call) throws VirtException {
    return call.reply(device(call).capabilities().contains("system") ? 1 : 0);
  }

  private static NodeDevice device(Call call) throws VirtException {
    String name = call.text("name");
    try {
      return call.host(NodeDevices.class).nodeDevice(name);
    } catch (VirtException e) {
      if (e.code() == ErrorCode.NO_SUPPORT) {
        throw new VirtException(
            ErrorCode.NO_NODE_DEVICE, "no node device with matching name '" + name + "'", e);
      }
      throw e;
    }
  }

  private static XdrStruct named(NodeDevice device) {
    return DEVICE.of(device.name());
  }
}
