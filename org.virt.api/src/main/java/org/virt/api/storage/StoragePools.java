package org.virt.api.storage;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.virt.api.Domain.Autostart;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * Facet of a connection: storage pools. A pool that does not exist: {@code NO_STORAGE_POOL}; a verb
 * that the driver does not have: {@code NO_SUPPORT}; one that the pool's state does not allow:
 * {@code OPERATION_INVALID}. A definition under a name or UUID of which another pool has the other
 * half, or of what another pool has: {@code OPERATION_FAILED}.
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

  /** Defines a pool, or gives it another definition, and returns its name. */
  default String defineStoragePool(String xml) throws VirtException {
    throw StorageVolumes.unsupported("virStoragePoolDefineXML");
  }

  /** Starts a pool that is gone once it ends, and returns its name. */
  default String createStoragePool(String xml) throws VirtException {
    throw StorageVolumes.unsupported("virStoragePoolCreateXML");
  }

  /** Makes what a pool consists of. */
  default void buildStoragePool(String name) throws VirtException {
    throw StorageVolumes.unsupported("virStoragePoolBuild");
  }

  /** Starts a pool that is defined. */
  default void startStoragePool(String name) throws VirtException {
    throw StorageVolumes.unsupported("virStoragePoolCreate");
  }

  /** Ends a pool; what it consists of stays. */
  default void destroyStoragePool(String name) throws VirtException {
    throw StorageVolumes.unsupported("virStoragePoolDestroy");
  }

  /** Deletes what a pool that is not active consists of. */
  default void deleteStoragePool(String name) throws VirtException {
    throw StorageVolumes.unsupported("virStoragePoolDelete");
  }

  /** Removes the definition of a pool that is not active. */
  default void undefineStoragePool(String name) throws VirtException {
    throw StorageVolumes.unsupported("virStoragePoolUndefine");
  }

  /** Says whether a pool is to be active when the host is. */
  default void autostartStoragePool(String name, Autostart autostart) throws VirtException {
    throw StorageVolumes.unsupported("virStoragePoolSetAutostart");
  }

  /**
   * Finds what pools could be made of.
   *
   * @param type type of the pools
   * @param source where to look: XML of a pool's {@code source}
   * @return XML, {@code sources}
   */
  default String findStoragePoolSources(String type, Optional<String> source) throws VirtException {
    throw StorageVolumes.unsupported("virConnectFindStoragePoolSources");
  }
}
