package org.virt.driver.test.internal;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.storage.StorageVolume;
import org.virt.api.storage.StorageVolumes;
import org.virt.api.storage.VolumeContent;
import org.virt.api.storage.VolumeContent.Access;

/** The volumes of active pools. */
record TestVolumes(TestPools pools) implements StorageVolumes {
  @Override
  public List<StorageVolume> storageVolumes(String pool) throws VirtException {
    return pools.onActive(
        pool, it -> it.volumes.values().stream().map(volume -> volume.describe(it)).toList());
  }

  @Override
  public StorageVolume storageVolume(String pool, String name) throws VirtException {
    return pools.onActive(pool, it -> it.volume(name).describe(it));
  }

  @Override
  public String storageVolumeXml(String pool, String name) throws VirtException {
    return pools.onActive(pool, it -> ObjectXml.print(it.volume(name).xml()));
  }

  @Override
  public String createStorageVolume(String pool, String xml) throws VirtException {
    return pools.onActive(pool, it -> add(it, VolumeXml.parse(it, xml, Optional.empty())));
  }

  @Override
  public String cloneStorageVolume(String pool, String xml, String source) throws VirtException {
    TestVolume origin = pools.onActive(pool, it -> it.volume(source));
    TestVolume copy = pools.onActive(pool, it -> VolumeXml.parse(it, xml, Optional.of(origin)));
    try {
      copy.bytes().copy(origin.bytes());
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.OPERATION_FAILED, "copy volume " + source + ": " + e.getMessage(), e);
    }
    return pools.onActive(pool, it -> add(it, copy));
  }

  @Override
  public VolumeContent openStorageVolume(String pool, String name, Access access)
      throws VirtException {
    try {
      return pools.onActive(pool, it -> it.volume(name)).bytes().open();
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.OPERATION_FAILED, "open volume " + name + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void deleteStorageVolume(String pool, String name) throws VirtException {
    pools.onActive(pool, it -> it.volumes.remove(it.volume(name).name()));
  }

  private static String add(TestPool pool, TestVolume volume) throws VirtException {
    if (pool.volumes.containsKey(volume.name())) {
      throw new VirtException(
          ErrorCode.OPERATION_FAILED, "operation failed: storage vol already exists");
    }
    if (volume.allocation() > TestPool.CAPACITY - pool.allocation()) {
      throw new VirtException(
          ErrorCode.INTERNAL_ERROR,
          "internal error: Not enough free space in pool for volume '" + volume.name() + "'");
    }
    pool.volumes.put(volume.name(), volume);
    return volume.name();
  }
}
