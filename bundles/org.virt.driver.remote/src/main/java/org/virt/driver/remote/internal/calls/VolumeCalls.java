package org.virt.driver.remote.internal.calls;

import java.util.ArrayList;
import java.util.List;
import org.virt.api.VirtException;
import org.virt.api.storage.StorageVolume;
import org.virt.api.storage.StorageVolume.Type;
import org.virt.api.storage.StorageVolumes;
import org.virt.api.storage.VolumeContent;
import org.virt.api.storage.VolumeContent.Access;
import org.virt.driver.remote.internal.link.Answer;
import org.virt.rpc.XdrStruct;

/** Asks about volumes of storage pools. Their content goes over a connection of its own. */
record VolumeCalls(Far far) implements StorageVolumes {
  @Override
  public List<StorageVolume> storageVolumes(String pool) throws VirtException {
    List<StorageVolume> volumes = new ArrayList<>();
    XdrStruct named = PoolCalls.pool(far, pool);
    for (XdrStruct volume :
        far.call("storage_pool_list_all_volumes", named, 1, 0).structs("vols")) {
      volumes.add(described(volume));
    }
    return volumes;
  }

  @Override
  public StorageVolume storageVolume(String pool, String name) throws VirtException {
    return described(volume(pool, name));
  }

  @Override
  public String storageVolumeXml(String pool, String name) throws VirtException {
    return far.call("storage_vol_get_xml_desc", volume(pool, name), 0).text("xml");
  }

  @Override
  public String createStorageVolume(String pool, String xml) throws VirtException {
    XdrStruct named = PoolCalls.pool(far, pool);
    return far.callLong("storage_vol_create_xml", named, xml, 0).struct("vol").text("name");
  }

  @Override
  public String cloneStorageVolume(String pool, String xml, String source) throws VirtException {
    XdrStruct named = PoolCalls.pool(far, pool);
    return far.callLong("storage_vol_create_xml_from", named, xml, volume(pool, source), 0)
        .struct("vol")
        .text("name");
  }

  @Override
  public void deleteStorageVolume(String pool, String name) throws VirtException {
    far.callLong("storage_vol_delete", volume(pool, name), 0);
  }

  @Override
  public void wipeStorageVolume(String pool, String name) throws VirtException {
    far.callLong("storage_vol_wipe", volume(pool, name), 0);
  }

  @Override
  public void resizeStorageVolume(String pool, String name, long capacity) throws VirtException {
    far.callLong("storage_vol_resize", volume(pool, name), capacity, 0);
  }

  @Override
  public VolumeContent openStorageVolume(String pool, String name, Access access)
      throws VirtException {
    XdrStruct volume = volume(pool, name);
    return access == Access.READ ? new FarSource(far, volume) : new FarTarget(far, volume);
  }

  private StorageVolume described(XdrStruct volume) throws VirtException {
    Answer path = far.begin("storage_vol_get_path", volume);
    XdrStruct info = far.call("storage_vol_get_info", volume);
    return new StorageVolume(
        volume.text("pool"),
        volume.text("name"),
        volume.text("key"),
        far.await(path).text("name"),
        Enums.at(Type.values(), info.integer("type")),
        info.wide("capacity"),
        info.wide("allocation"));
  }

  private XdrStruct volume(String pool, String name) throws VirtException {
    return far.call("storage_vol_lookup_by_name", PoolCalls.pool(far, pool), name).struct("vol");
  }
}
