package org.virt.api.storage;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * Facet of a connection: storage pools. A pool that does not exist: {@code NO_STORAGE_POOL}; a verb
 * that the driver does not have: {@code NO_SUPPORT}.
 */
@ConsumerType
public interface StoragePools {
  /** Returns all pools, active or not. */
  List<StoragePool> storagePools() throws VirtException;

  /** Returns a pool by its name. */
  default StoragePool storagePool(String name) throws VirtException {
    return storagePools().stream()
        .filter(pool -> pool.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new VirtException(
                    ErrorCode.NO_STORAGE_POOL,
                    "Storage pool not found: no storage pool with matching name '" + name + "'"));
  }

  /** Returns a pool's XML (libvirt's formatstorage). */
  String storagePoolXml(String name) throws VirtException;

  /** Looks at a pool anew. */
  default void refreshStoragePool(String name) throws VirtException {
    throw StorageVolumes.unsupported("virStoragePoolRefresh");
  }
}
