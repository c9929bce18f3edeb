package org.virt.driver.esx.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.virt.api.VirtException;
import org.virt.driver.esx.internal.soap.Node;
import org.virt.format.vmx.DatastorePath;
import org.virt.format.vmx.VmxConfig;

/** Writes what the API says of a machine (VirtualMachineConfigInfo) as a VMX file. */
final class ConfigVmx {
  private static final Map<String, String> SCSI =
      Map.of(
          "VirtualBusLogicController", "buslogic",
          "VirtualLsiLogicController", "lsilogic",
          "VirtualLsiLogicSASController", "lsisas1068",
          "ParaVirtualSCSIController", "pvscsi");
  private static final Map<String, String> CARDS =
      Map.of(
          "VirtualPCNet32", "vlance",
          "VirtualVmxnet", "vmxnet",
          "VirtualVmxnet2", "vmxnet",
          "VirtualVmxnet3", "vmxnet3",
          "VirtualE1000", "e1000",
          "VirtualE1000e", "e1000e");

  private final Node config;
  private final VmxConfig vmx = new VmxConfig();

  /** How the keys of devices at a controller begin, by the controller's key. */
  private final Map<String, String> controllers = new HashMap<>();

  private ConfigVmx(Node config) {
    this.config = config;
  }

  static VmxConfig of(Node config) throws VirtException {
    return new ConfigVmx(config).write();
  }

  private VmxConfig write() throws VirtException {
    vmx.set(".encoding", "UTF-8").set("config.version", 8);
    String version = config.text("version").replaceFirst("^vmx-0*", "");
    vmx.set("virtualHW.version", version.isEmpty() ? "4" : version);
    vmx.set("displayName", config.text("name"));
    String uuid = config.text("uuid").replace("-", "");
    vmx.set("uuid.bios", uuid);
    boolean wide = config.text("guestId").contains("64");
    vmx.set("guestOS", wide ? "other-64" : "other");
    vmx.set("memsize", config.text("hardware.memoryMB"));
    vmx.set("numvcpus", config.text("hardware.numCPU"));
    if (config.number("hardware.numCoresPerSocket", 1) > 1) {
      vmx.set("cpuid.coresPerSocket", config.text("hardware.numCoresPerSocket"));
    }
    if (config.text("firmware").equals("efi")) {
      vmx.set("firmware", "efi");
    }
    List<Node> devices = config.at("hardware").all("device");
    devices.forEach(this::controller);
    for (Node device : of("VirtualDisk", devices)) {
      disk(device);
    }
    for (Node device : of("VirtualCdrom", devices)) {
      cdrom(device);
    }
    int cards = 0;
    for (Node device : devices) {
      if (CARDS.containsKey(device.xsiType())) {
        card(device, "ethernet" + cards++ + '.');
      }
    }
    return vmx;
  }

  private static List<Node> of(String type, List<Node> devices) {
    return devices.stream().filter(device -> device.xsiType().equals(type)).toList();
  }

  private void controller(Node device) {
    String key = device.text("key");
    String bus = device.text("busNumber");
    if (SCSI.containsKey(device.xsiType())) {
      controllers.put(key, "scsi" + bus);
      vmx.set("scsi" + bus + ".present", "true");
      vmx.set("scsi" + bus + ".virtualDev", SCSI.get(device.xsiType()));
    } else if (device.xsiType().equals("VirtualIDEController")) {
      controllers.put(key, "ide" + bus);
    } else if (device.xsiType().equals("VirtualAHCIController")) {
      controllers.put(key, "sata" + bus);
      vmx.set("sata" + bus + ".present", "true");
    }
  }

  private String slot(Node device) {
    String controller = controllers.get(device.text("controllerKey"));
    return controller == null ? null : controller + ':' + device.text("unitNumber") + '.';
  }

  /** Of two devices that the host has at one place, VMX can say but one. */
  private boolean taken(String slot) {
    return vmx.value(slot + "present").isPresent();
  }

  private void disk(Node device) throws VirtException {
    String key = slot(device);
    String file = device.text("backing.fileName");
    if (key != null && !taken(key) && file.startsWith("[")) {
      DatastorePath path = DatastorePath.parse(file);
      vmx.set(key + "present", "true");
      vmx.set(key + "fileName", "/vmfs/volumes/" + path.datastore() + '/' + path.path());
    }
  }

  private void cdrom(Node device) throws VirtException {
    String key = slot(device);
    if (key == null || taken(key)) {
      return;
    }
    String file = device.text("backing.fileName");
    String host = device.text("backing.deviceName");
    switch (device.at("backing").xsiType()) {
      case "VirtualCdromIsoBackingInfo" -> {
        DatastorePath path = DatastorePath.parse(file);
        vmx.set(key + "deviceType", "cdrom-image").set(key + "present", "true");
        vmx.set(key + "fileName", "/vmfs/volumes/" + path.datastore() + '/' + path.path());
      }
      case "VirtualCdromAtapiBackingInfo" -> {
        vmx.set(key + "deviceType", "atapi-cdrom").set(key + "present", "true");
        vmx.set(key + "fileName", host.isEmpty() ? "auto detect" : host);
      }
      default -> vmx.set(key + "present", "true").set(key + "clientDevice", "true");
    }
  }

  private void card(Node device, String key) {
    vmx.set(key + "present", "true").set(key + "virtualDev", CARDS.get(device.xsiType()));
    if (device.xsiType().equals("VirtualVmxnet2")) {
      vmx.set(key + "features", 15);
    }
    Node port = device.at("backing.port");
    if (port.children().isEmpty()) {
      vmx.set(key + "networkName", device.text("backing.deviceName"));
      vmx.set(key + "connectionType", "bridged");
    } else {
      vmx.set(key + "dvs.switchId", port.text("switchUuid"));
      vmx.set(key + "dvs.portId", port.number("portKey", 0));
      vmx.set(key + "dvs.portgroupId", port.text("portgroupKey"));
      vmx.set(key + "dvs.connectionId", port.number("connectionCookie", 0));
    }
    boolean manual = device.text("addressType").equalsIgnoreCase("manual");
    vmx.set(key + "addressType", manual ? "static" : "vpx");
    if (!device.text("macAddress").isEmpty()) {
      vmx.set(key + (manual ? "address" : "generatedAddress"), device.text("macAddress"));
    }
  }
}
