package org.virt.driver.esx.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.virt.api.ErrorCode;
import org.virt.api.network.Networks;
import org.virt.api.storage.StoragePool;
import org.virt.api.storage.StoragePools;
import org.virt.api.storage.StorageVolume;
import org.virt.api.storage.StorageVolumes;

/** What the simulator does not do: storage and switches. */
class EsxStorageStubTest extends StubCase {
  private static final String IQN = "iqn.2001-04.example:disks";
  private static final String NETWORK =
      "<network><name>lab</name><forward mode='bridge'><interface dev='vmnic1'/></forward>"
          + "<portgroup name='a'/><portgroup name='b'><vlan><tag id='12'/></vlan></portgroup>"
          + "</network>";

  private static String property(String name, String type, String value) {
    return StubHost.property(name, type, value);
  }

  private void hasStorage() {
    String target =
        "<configuredStaticTarget><address>192.0.2.7</address><port>3260</port><iScsiName>"
            + IQN
            + "</iScsiName></configuredStaticTarget>";
    String adapters =
        "<HostHostBusAdapter xsi:type=\"HostBlockHba\"><key>a</key></HostHostBusAdapter>"
            + "<HostHostBusAdapter xsi:type=\"HostInternetScsiHba\"><key>b</key>"
            + target
            + target
            + "</HostHostBusAdapter>";
    String topology =
        "<adapter><target><lun><scsiLun>lun-1</scsiLun></lun><transport><iScsiName>"
            + IQN
            + "</iScsiName></transport></target><target><lun><scsiLun>lun-2</scsiLun></lun>"
            + "</target></adapter>";
    String disks =
        "<ScsiLun xsi:type=\"HostScsiDisk\"><key>lun-1</key><uuid>u1</uuid>"
            + "<deviceName>/vmfs/devices/disks/naa.1</deviceName><capacity>"
            + "<blockSize>512</blockSize><block>2048</block></capacity></ScsiLun>"
            + "<ScsiLun xsi:type=\"HostScsiDisk\"><key>lun-2</key></ScsiLun>";
    String device = "config.storageDevice.";
    String host1 =
        StubHost.object(
            "HostSystem",
            "ha-host",
            property(device + "hostBusAdapter", "ArrayOfHostHostBusAdapter", adapters)
                + property(device + "scsiTopology", "HostScsiTopology", topology)
                + property(device + "scsiLun", "ArrayOfScsiLun", disks));
    String summary =
        "<name>ds</name><url>/vmfs/volumes/1</url><capacity>100</capacity>"
            + "<freeSpace>40</freeSpace><accessible>true</accessible>";
    String info =
        "<nas><name>ds</name><remoteHost>nfs</remoteHost><remotePath>/export</remotePath></nas>";
    String datastore =
        StubHost.object(
            "Datastore",
            "datastore-1",
            property("summary", "DatastoreSummary", summary)
                + property("info", "NasDatastoreInfo", info)
                + StubHost.reference("browser", "HostDatastoreBrowser", "browser-1"));
    String file =
        "<HostDatastoreBrowserSearchResults><folderPath>[ds] vm</folderPath>"
            + "<file><path>d.vmdk</path><fileSize>10</fileSize><capacityKb>4</capacityKb></file>"
            + "</HostDatastoreBrowserSearchResults>";
    String found = "<state>success</state><result>" + file + "</result>";
    host.completes("SearchDatastoreSubFolders_Task");
    host.answerProperties(
        Map.of("<type>Task</type>", StubHost.found(StubHost.task(found))),
        StubHost.found(host1, datastore));
  }

  @Test
  void hasTargetsOfIscsiAsPools() throws Exception {
    EsxConnection connection = connect();
    hasStorage();
    StoragePools pools = connection.facet(StoragePools.class).orElseThrow();
    List<String> names = pools.storagePools().stream().map(StoragePool::name).sorted().toList();
    assertEquals(List.of("ds", IQN), names);
    String xml = pools.storagePoolXml(IQN);
    assertTrue(xml.contains("<pool type='iscsi'>"), xml);
    assertTrue(xml.contains("<host name='192.0.2.7' port='3260'/>"), xml);
    assertTrue(xml.contains("<device path='" + IQN + "'/>"), xml);
    StorageVolumes volumes = connection.facet(StorageVolumes.class).orElseThrow();
    StorageVolume disk = volumes.storageVolumes(IQN).get(0);
    assertEquals(1, volumes.storageVolumes(IQN).size());
    assertEquals("/vmfs/devices/disks/naa.1", disk.path());
    assertEquals(1 << 20, disk.capacity());
    String volume = volumes.storageVolumeXml(IQN, disk.name());
    assertTrue(volume.contains("<volume type='block'>"), volume);
    String message =
        fails(ErrorCode.OPERATION_UNSUPPORTED, () -> volumes.deleteStorageVolume(IQN, disk.name()));
    assertTrue(message.contains("changed on the target"), message);
  }

  @Test
  void describesNfsDatastores() throws Exception {
    EsxConnection connection = connect();
    hasStorage();
    String xml = connection.facet(StoragePools.class).orElseThrow().storagePoolXml("ds");
    assertTrue(xml.contains("<pool type='netfs'>"), xml);
    assertTrue(xml.contains("<host name='nfs'/>"), xml);
    assertTrue(xml.contains("<dir path='/export'/>"), xml);
  }

  @Test
  void describesVmfsDatastores() throws Exception {
    EsxConnection connection = connect();
    String datastore =
        StubHost.object(
            "Datastore",
            "datastore-1",
            property("summary", "DatastoreSummary", "<name>a%2fb</name><url>/vmfs/volumes/1</url>")
                + property("info", "VmfsDatastoreInfo", "<vmfs><name>a/b</name></vmfs>"));
    host.answer("RetrievePropertiesEx", StubHost.found(datastore));
    StoragePools pools = connection.facet(StoragePools.class).orElseThrow();
    String xml = pools.storagePoolXml("a/b");
    assertTrue(xml.contains("<pool type='vmfs'>") && xml.contains("<name>a/b</name>"), xml);
    assertEquals(StoragePool.State.INACTIVE, pools.storagePools().get(0).state());
    host.answer("RefreshDatastore", "");
    pools.refreshStoragePool("a/b");
    assertTrue(host.last("RefreshDatastore").contains(">datastore-1<"));
  }

  @Test
  void wipesAndResizesVolumes() throws Exception {
    EsxConnection connection = connect();
    hasStorage();
    host.completes("ZeroFillVirtualDisk_Task");
    host.completes("ExtendVirtualDisk_Task");
    StorageVolumes volumes = connection.facet(StorageVolumes.class).orElseThrow();
    volumes.wipeStorageVolume("ds", "vm/d.vmdk");
    assertTrue(host.last("ZeroFillVirtualDisk_Task").contains("<name>[ds] vm/d.vmdk</name>"));
    volumes.resizeStorageVolume("ds", "vm/d.vmdk", 8193);
    String sent = host.last("ExtendVirtualDisk_Task");
    assertTrue(sent.contains("<newCapacityKb>9</newCapacityKb>"), sent);
    fails(
        ErrorCode.OPERATION_UNSUPPORTED,
        () -> volumes.resizeStorageVolume("ds", "vm/d.vmdk", 1024));
  }

  private void hasSwitches(String port) {
    String group =
        "<HostPortGroup><key>pg-1</key>"
            + port
            + "<spec><name>group</name><vlanId>7</vlanId></spec></HostPortGroup>";
    String one =
        "<HostVirtualSwitch><name>vSwitch1</name><key>k</key><portgroup>pg-1</portgroup>"
            + "</HostVirtualSwitch>";
    String all =
        property("config.network.vswitch", "ArrayOfHostVirtualSwitch", one)
            + property("config.network.portgroup", "ArrayOfHostPortGroup", group)
            + StubHost.reference("configManager.networkSystem", "HostNetworkSystem", "net");
    host.answer(
        "RetrievePropertiesEx",
        StubHost.found(
            StubHost.object("HostSystem", "ha-host", all),
            StubHost.object("Network", "network-1", property("name", "xsd:string", "group"))));
    for (String method :
        List.of("AddVirtualSwitch", "AddPortGroup", "RemovePortGroup", "RemoveVirtualSwitch")) {
      host.answer(method, "");
    }
  }

  @Test
  void makesSwitchesOfNetworkXml() throws Exception {
    Networks networks = connect().facet(Networks.class).orElseThrow();
    hasSwitches("");
    assertEquals("lab", networks.defineNetwork(NETWORK));
    String sent = host.last("AddVirtualSwitch");
    assertTrue(sent.contains("<nicDevice>vmnic1</nicDevice>"), sent);
    sent = host.last("AddPortGroup");
    assertTrue(sent.contains("<name>b</name><vlanId>12</vlanId>"), sent);
    assertEquals(2, host.count("AddPortGroup"));
    fails(
        ErrorCode.NETWORK_EXIST,
        () -> networks.defineNetwork("<network><name>vSwitch1</name></network>"));
    fails(
        ErrorCode.NETWORK_EXIST,
        () -> networks.defineNetwork(NETWORK.replace("name='a'", "name='group'")));
    for (String part : List.of("<ip address='10.0.0.1'/>", "<forward mode='nat'/>")) {
      String xml = NETWORK.replace("<portgroup name='a'/>", part);
      fails(ErrorCode.CONFIG_UNSUPPORTED, () -> networks.defineNetwork(xml));
    }
    assertTrue(networks.networkXml("vSwitch1").contains("<tag id='7'/>"));
  }

  @Test
  void takesASwitchBackWhenItsPortGroupsFail() throws Exception {
    Networks networks = connect().facet(Networks.class).orElseThrow();
    hasSwitches("");
    host.answer(
        "AddPortGroup", (e, r) -> StubHost.send(e, 500, StubHost.fault("HostConfigFault", "no")));
    fails(ErrorCode.OPERATION_FAILED, () -> networks.defineNetwork(NETWORK));
    assertTrue(host.last("RemoveVirtualSwitch").contains("<vswitchName>lab</vswitchName>"));
  }

  @Test
  void removesSwitchesThatNobodyUses() throws Exception {
    Networks networks = connect().facet(Networks.class).orElseThrow();
    hasSwitches("<port><key>p</key><type>virtualMachine</type></port>");
    String message = fails(ErrorCode.OPERATION_INVALID, () -> networks.undefineNetwork("vSwitch1"));
    assertTrue(message.contains("'group' is in use"), message);
    assertEquals(0, host.count("RemovePortGroup"));
    hasSwitches("");
    networks.undefineNetwork("vSwitch1");
    assertTrue(host.last("RemovePortGroup").contains("<pgName>group</pgName>"));
    assertEquals(1, host.count("RemoveVirtualSwitch"));
    fails(ErrorCode.NO_NETWORK, () -> networks.undefineNetwork("none"));
    assertFalse(host.last("RemoveVirtualSwitch").contains("none"));
  }
}
