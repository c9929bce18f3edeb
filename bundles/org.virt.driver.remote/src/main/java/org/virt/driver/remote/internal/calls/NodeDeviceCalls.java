package org.virt.driver.remote.internal.calls;

import java.util.ArrayList;
import java.util.List;
import org.virt.api.VirtException;
import org.virt.api.host.NodeDevice;
import org.virt.api.host.NodeDevices;
import org.virt.driver.remote.internal.link.Answer;
import org.virt.rpc.XdrStruct;

/** Asks about devices of the host. */
record NodeDeviceCalls(Far far) implements NodeDevices {
  private static final int MOST_CAPABILITIES = 64;

  @Override
  public List<NodeDevice> nodeDevices() throws VirtException {
    List<Asked> asked = new ArrayList<>();
    for (XdrStruct one : far.call("connect_list_all_node_devices", 1, 0).structs("devices")) {
      asked.add(ask(one.text("name")));
    }
    List<NodeDevice> devices = new ArrayList<>();
    for (Asked one : asked) {
      devices.add(one.answered(far));
    }
    return devices;
  }

  @Override
  public NodeDevice nodeDevice(String name) throws VirtException {
    far.call("node_device_lookup_by_name", name);
    return ask(name).answered(far);
  }

  @Override
  public String nodeDeviceXml(String name) throws VirtException {
    return far.call("node_device_get_xml_desc", name, 0).text("xml");
  }

  /** What was asked of a device, for all of them at once. */
  private record Asked(String name, Answer parent, Answer capabilities) {
    NodeDevice answered(Far far) throws VirtException {
      return new NodeDevice(
          name,
          far.await(parent).optionalText("parentName"),
          far.await(capabilities).list("names", String.class));
    }
  }

  private Asked ask(String name) throws VirtException {
    return new Asked(
        name,
        far.begin("node_device_get_parent", name),
        far.begin("node_device_list_caps", name, MOST_CAPABILITIES));
  }
}
