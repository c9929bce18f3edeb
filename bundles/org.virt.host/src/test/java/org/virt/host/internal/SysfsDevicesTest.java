package org.virt.host.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.host.NodeDevice;

/** What a small host's sysfs says. */
class SysfsDevicesTest {
  private static final String BRIDGE = "devices/pci0000:00/0000:00:1c.0";
  private static final String CARD = BRIDGE + "/0000:02:00.1";

  @TempDir Path sys;
  private SysfsDevices devices;

  @BeforeEach
  void host() throws IOException {
    device(
        "bus/pci/devices",
        BRIDGE,
        Map.of("class", "0x060400", "vendor", "0x8086", "device", "0x1"));
    device(
        "bus/pci/devices",
        CARD,
        Map.of("class", "0x020000", "vendor", "0x1af4", "device", "0x1041", "numa_node", "-1"));
    Files.createDirectories(sys.resolve("bus/pci/drivers/virtio-pci"));
    Files.createSymbolicLink(
        sys.resolve(CARD).resolve("driver"), sys.resolve("bus/pci/drivers/virtio-pci"));
    Files.createDirectories(sys.resolve("kernel/iommu_groups/7/devices/0000:02:00.1"));
    Files.createSymbolicLink(
        sys.resolve(CARD).resolve("iommu_group"), sys.resolve("kernel/iommu_groups/7"));
    device(
        "class/net",
        CARD + "/virtio3/net/eth0",
        Map.of("address", "52:54:00:00:00:01", "operstate", "up", "type", "1", "speed", "1000"));
    device(
        "class/net",
        "devices/virtual/net/lo",
        Map.of("address", "00:00:00:00:00:00", "operstate", "unknown", "type", "772"));
    device(
        "block",
        BRIDGE + "/virtio1/block/vda",
        Map.of("size", "2048", "serial", "a b", "removable", "0", "device/vendor", "0x1af4"));
    device("block", "devices/virtual/block/loop0", Map.of("size", "0"));
    device(
        "bus/usb/devices",
        "devices/usb1/1-1",
        Map.of("busnum", "1", "devnum", "2", "idVendor", "0627", "idProduct", "0001"));
    device(
        "bus/usb/devices",
        "devices/usb1/1-1/1-1:1.0",
        Map.of("bInterfaceNumber", "00", "bInterfaceClass", "0a"));
    devices = new SysfsDevices(sys);
  }

  private void device(String folder, String path, Map<String, String> values) throws IOException {
    Path at = Files.createDirectories(sys.resolve(path));
    for (Map.Entry<String, String> value : values.entrySet()) {
      Path file = at.resolve(value.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, value.getValue() + "\n");
    }
    Path link = Files.createDirectories(sys.resolve(folder)).resolve(at.getFileName());
    Files.createSymbolicLink(link, at);
  }

  @Test
  void namesDevicesAsLibvirtDoes() {
    assertEquals(
        List.of(
            "computer system -",
            "block_vda_a_b storage pci_0000_00_1c_0",
            "net_eth0_52_54_00_00_00_01 net pci_0000_02_00_1",
            "net_lo_00_00_00_00_00_00 net computer",
            "pci_0000_00_1c_0 pci computer",
            "pci_0000_02_00_1 pci pci_0000_00_1c_0",
            "usb_1_1 usb_device computer",
            "usb_1_1_1_0 usb usb_1_1"),
        devices.nodeDevices().stream().map(SysfsDevicesTest::line).toList());
  }

  private static String line(NodeDevice device) {
    return "%s %s %s"
        .formatted(
            device.name(), String.join(",", device.capabilities()), device.parent().orElse("-"));
  }

  @Test
  void describesAPciDevice() throws VirtException {
    assertEquals(
        """
        <device>
          <name>pci_0000_02_00_1</name>
          <path>%s</path>
          <parent>pci_0000_00_1c_0</parent>
          <driver>
            <name>virtio-pci</name>
          </driver>
          <capability type='pci'>
            <class>0x020000</class>
            <domain>0</domain>
            <bus>2</bus>
            <slot>0</slot>
            <function>1</function>
            <product id='0x1041'/>
            <vendor id='0x1af4'/>
            <iommuGroup number='7'>
              <address domain='0x0000' bus='0x02' slot='0x00' function='0x1'/>
            </iommuGroup>
          </capability>
        </device>
        """
            .formatted(sys.resolve(CARD)),
        devices.nodeDeviceXml("pci_0000_02_00_1"));
  }

  @Test
  void describesAnInterface() throws VirtException {
    String xml = devices.nodeDeviceXml("net_eth0_52_54_00_00_00_01");
    assertEquals(
        """
        <capability type='net'>
            <interface>eth0</interface>
            <address>52:54:00:00:00:01</address>
            <link speed='1000' state='up'/>
            <capability type='80203'/>
          </capability>
        </device>
        """,
        xml.substring(xml.indexOf("<capability")));
  }

  @Test
  void describesADisk() throws VirtException {
    String xml = devices.nodeDeviceXml("block_vda_a_b");
    assertEquals(
        """
        <capability type='storage'>
            <block>/dev/vda</block>
            <drive_type>disk</drive_type>
            <vendor>0x1af4</vendor>
            <serial>a b</serial>
            <size>1048576</size>
            <logical_block_size>512</logical_block_size>
            <num_blocks>2048</num_blocks>
          </capability>
        </device>
        """,
        xml.substring(xml.indexOf("<capability")));
  }

  @Test
  void knowsOnlyWhatIsThere() {
    VirtException none =
        assertThrows(VirtException.class, () -> devices.nodeDeviceXml("pci_0000_09_00_0"));
    assertEquals(ErrorCode.NO_NODE_DEVICE, none.code());
    assertEquals(
        List.of(new NodeDevice("computer", Optional.empty(), List.of("system"))),
        new SysfsDevices(sys.resolve("nowhere")).nodeDevices());
  }
}
