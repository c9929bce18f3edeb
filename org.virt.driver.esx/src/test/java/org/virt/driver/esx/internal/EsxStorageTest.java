package org.virt.driver.esx.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.virt.api.Domain.XmlView;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.network.Networks;
import org.virt.api.storage.StoragePool;
import org.virt.api.storage.StoragePools;
import org.virt.api.storage.StorageVolume;
import org.virt.api.storage.StorageVolumes;
import org.virt.api.xml.SafeXml;

/** Datastores, switches and definitions of the simulator. */
class EsxStorageTest extends SimulatorCase {
  @Test
  void makesAndMovesVolumes() throws Exception {
    StoragePools pools = connection.facet(StoragePools.class).orElseThrow();
    StoragePool pool = pools.storagePools().get(0);
    assertEquals("LocalDS_0", pool.name());
    assertTrue(pool.capacity() > 0 && pool.available() > 0, pool.toString());
    assertEquals("pool", SafeXml.tree("p", pools.storagePoolXml(pool.name())).name());
    StorageVolumes volumes = connection.facet(StorageVolumes.class).orElseThrow();
    String xml =
        "<volume><name>new dir/50% d+1.vmdk</name><capacity unit='MiB'>4</capacity></volume>";
    volumes.createStorageVolume(pool.name(), xml);
    StorageVolume made = volumes.storageVolume(pool.name(), "new dir/50% d+1.vmdk");
    assertEquals("[LocalDS_0] new dir/50% d+1.vmdk", made.path());
    byte[] content = "content of %".getBytes(StandardCharsets.UTF_8);
    volumes.uploadStorageVolume(
        pool.name(), made.name(), new ByteArrayInputStream(content), content.length);
    ByteArrayOutputStream back = new ByteArrayOutputStream();
    volumes.downloadStorageVolume(pool.name(), made.name(), back);
    assertEquals("content of %", back.toString(StandardCharsets.UTF_8));
    String copy = "<volume><name>copies/c.vmdk</name></volume>";
    volumes.cloneStorageVolume(pool.name(), copy, made.name());
    assertEquals("copies/c.vmdk", volumes.storageVolume(pool.name(), "copies/c.vmdk").name());
    volumes.deleteStorageVolume(pool.name(), "copies/c.vmdk");
    volumes.deleteStorageVolume(pool.name(), made.name());
    fails(
        ErrorCode.NO_STORAGE_VOL, () -> volumes.storageVolume(pool.name(), "new dir/50% d+1.vmdk"));
    fails(ErrorCode.NO_STORAGE_POOL, () -> volumes.storageVolumes("nowhere"));
  }

  @Test
  void listsSwitchesAsNetworks() throws Exception {
    Networks networks = connection.facet(Networks.class).orElseThrow();
    assertEquals("vSwitch0", networks.networks().get(0).name());
    String xml = networks.networkXml("vSwitch0");
    assertTrue(xml.contains("<portgroup name='VM Network'/>"), xml);
    assertTrue(xml.contains("<forward dev='vmnic0' mode='bridge'>"), xml);
    // Only the host itself is connected to that one.
    assertFalse(xml.contains("Management Network"), xml);
    fails(ErrorCode.NO_NETWORK, () -> networks.networkXml("none"));
  }

  @Test
  void definesAMachineByItsFile() throws Exception {
    StorageVolumes volumes = connection.facet(StorageVolumes.class).orElseThrow();
    // The simulator registers only what lies beside a log and the firmware's memory.
    String disk = "<volume><name>m 1/m.vmdk</name><capacity unit='MiB'>4</capacity></volume>";
    volumes.createStorageVolume("LocalDS_0", disk);
    for (String file : List.of("m 1/vmware.log", "m 1/m 1.nvram")) {
      volumes.uploadStorageVolume("LocalDS_0", file, new ByteArrayInputStream(new byte[0]), 0);
    }
    String xml =
        """
        <domain type='vmware'>
          <name>m 1</name>
          <memory unit='MiB'>64</memory>
          <os><type>hvm</type></os>
          <devices><disk type='file' device='disk'>
            <source file='[LocalDS_0] m 1/m.vmdk'/><target dev='sda' bus='scsi'/>
          </disk></devices>
        </domain>
        """;
    DomainId id = connection.define(xml);
    assertEquals("m 1", connection.summary(id).name());
    String back = connection.xml(id, XmlView.INACTIVE);
    assertTrue(back.contains("<source file='[LocalDS_0] m 1/m.vmdk'/>"), back);
    assertTrue(back.contains("<memory unit='KiB'>65536</memory>"), back);
    assertTrue(fails(ErrorCode.OPERATION_FAILED, () -> connection.define(xml)).contains("exists"));
    connection.undefine(id);
    fails(ErrorCode.NO_DOMAIN, () -> connection.summary(id));
  }

  @Test
  void leavesNoFileOfAMachineThatTheHostRefuses() throws Exception {
    StorageVolumes volumes = connection.facet(StorageVolumes.class).orElseThrow();
    String disk = "<volume><name>alone/m.vmdk</name><capacity unit='MiB'>4</capacity></volume>";
    volumes.createStorageVolume("LocalDS_0", disk);
    String xml =
        """
        <domain type='vmware'>
          <name>alone</name>
          <memory unit='MiB'>64</memory>
          <os><type>hvm</type></os>
          <devices><disk type='file' device='disk'>
            <source file='[LocalDS_0] alone/m.vmdk'/><target dev='sda' bus='scsi'/>
          </disk></devices>
        </domain>
        """;
    // The simulator wants files beside it that are not there.
    fails(ErrorCode.OPERATION_FAILED, () -> connection.define(xml));
    ByteArrayOutputStream none = new ByteArrayOutputStream();
    String message =
        fails(
            ErrorCode.READ_FAILED,
            () -> volumes.downloadStorageVolume("LocalDS_0", "alone/alone.vmx", none));
    assertTrue(message.contains("404"), message);
  }
}
