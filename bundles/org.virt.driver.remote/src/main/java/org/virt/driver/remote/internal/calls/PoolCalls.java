package org.virt.driver.remote.internal.calls;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virt.api.Domain.Autostart;
import org.virt.api.VirtException;
import org.virt.api.storage.StoragePool;
import org.virt.api.storage.StoragePool.Persistence;
import org.virt.api.storage.StoragePool.State;
import org.virt.api.storage.StoragePools;
import org.virt.rpc.XdrStruct;

/** Asks about storage pools. */
record PoolCalls(Far far) implements StoragePools {
  /** {@code virConnectListAllStoragePoolsFlags}: active, persistent, autostart. */
  private static final Listing.Flags FLAGS = new Listing.Flags(2, 4, 16);

  @Override
  public List<StoragePool> storagePools() throws VirtException {
    Listing listing = new Listing(far, "connect_list_all_storage_pools", "pools", FLAGS);
    List<StoragePool> pools = new ArrayList<>();
    for (XdrStruct pool : listing.all()) {
      XdrStruct info = far.call("storage_pool_get_info", pool);
      pools.add(
          new StoragePool(
              pool.text("name"),
              pool.uuid("uuid"),
              Enums.at(State.values(), info.integer("state")),
              Persistence.values()[listing.persistence(pool)],
              info.wide("capacity"),
              info.wide("allocation"),
              info.wide("available")));
    }
    return pools;
  }

  @Override
  public String storagePoolXml(String name) throws VirtException {
    return far.call("storage_pool_get_xml_desc", pool(far, name), 0).text("xml");
  }

  @Override
  public void refreshStoragePool(String name) throws VirtException {
    far.callLong("storage_pool_refresh", pool(far, name), 0);
  }

  @Override
  public String defineStoragePool(String xml) throws VirtException {
    return far.call("storage_pool_define_xml", xml, 0).struct("pool").text("name");
  }

  @Override
  public String createStoragePool(String xml) throws VirtException {
    return far.callLong("storage_pool_create_xml", xml, 0).struct("pool").text("name");
  }

  @Override
  public void buildStoragePool(String name) throws VirtException {
    far.callLong("storage_pool_build", pool(far, name), 0);
  }

  @Override
  public void startStoragePool(String name) throws VirtException {
    far.callLong("storage_pool_create", pool(far, name), 0);
  }

  @Override
  public void destroyStoragePool(String name) throws VirtException {
    far.call("storage_pool_destroy", pool(far, name));
  }

  @Override
  public void deleteStoragePool(String name) throws VirtException {
    far.callLong("storage_pool_delete", pool(far, name), 0);
  }

  @Override
  public void undefineStoragePool(String name) throws VirtException {
    far.call("storage_pool_undefine", pool(far, name));
  }

  @Override
  public void autostartStoragePool(String name, Autostart autostart) throws VirtException {
    far.call("storage_pool_set_autostart", pool(far, name), autostart == Autostart.ON ? 1 : 0);
  }

  @Override
  public String findStoragePoolSources(String type, Optional<String> source) throws VirtException {
    return far.callLong("connect_find_storage_pool_sources", type, source.orElse(null), 0)
        .text("xml");
  }

  /** Asks how the other end names a pool. */
  static XdrStruct pool(Far far, String name) throws VirtException {
    return far.call("storage_pool_lookup_by_name", name).struct("pool");
  }
}
