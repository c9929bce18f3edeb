package org.virt.remote.internal.calls;

import java.util.List;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.storage.StoragePool;
import org.virt.api.storage.StoragePools;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;
import org.virt.rpc.XdrStruct;

/** Which storage pools there are, and what they are like. A driver without them has none. */
final class StoragePoolCalls {
  private static final ManagedObjects<StoragePool> POOLS =
      new ManagedObjects<>(
          "storage_pool", "pool", ErrorCode.NO_STORAGE_POOL, StoragePoolCalls::all);

  /** The bits above choose by the pool's type ({@code virConnectListAllStoragePoolsFlags}). */
  private static final int TYPES = ~0x3f;

  private static final List<String> TYPE_NAMES =
      List.of(
          "dir",
          "fs",
          "netfs",
          "logical",
          "disk",
          "iscsi",
          "scsi",
          "mpath",
          "rbd",
          "sheepdog",
          "gluster",
          "zfs",
          "vstorage",
          "iscsi-direct");

  private static final int XML_INACTIVE = 1;

  void declare(Declarations all) {
    POOLS.declare(all);
    all.on(
            "connect_list_all_storage_pools",
            call -> POOLS.listAll(call, pool -> isOfTypes(call, pool)))
        .on(
            "storage_pool_lookup_by_volume",
            call -> call.reply(named(byName(call, call.args().struct("vol").text("pool")))))
        .on("storage_pool_lookup_by_target_path", StoragePoolCalls::byPath)
        .on(
            "storage_pool_get_info",
            call -> {
              StoragePool pool = pool(call);
              return call.reply(
                  pool.state().ordinal(), pool.capacity(), pool.allocation(), pool.available());
            })
        .on(
            "storage_pool_get_xml_desc",
            call -> {
              call.onlyFlags(XML_INACTIVE);
              return call.reply(xml(call, pool(call)));
            })
        .on(
            "storage_pool_refresh",
            call -> {
              call.noFlags();
              return POOLS.done(call, call.host(StoragePools.class)::refreshStoragePool);
            });
    new StoragePoolChanges().declare(all);
  }

  private static boolean isOfTypes(Call call, StoragePool pool) throws VirtException {
    if ((call.flags() & TYPES) == 0) {
      return true;
    }
    XmlElement root = SafeXml.tree("pool", xml(call, pool));
    int bit = TYPE_NAMES.indexOf(root.attribute("type"));
    return bit >= 0 && (call.flags() & 1 << bit + 6) != 0;
  }

  private static XdrStruct byPath(Call call) throws VirtException {
    String path = call.text("path");
    for (StoragePool pool : all(call)) {
      XmlElement root = SafeXml.tree("pool", xml(call, pool));
      boolean here =
          root.children("target").stream()
              .flatMap(target -> target.children("path").stream())
              .anyMatch(element -> element.text().strip().equals(path));
      if (here) {
        return call.reply(named(pool));
      }
    }
    throw new VirtException(
        ErrorCode.NO_STORAGE_POOL, "no storage pool with matching target path '" + path + "'");
  }

  private static String xml(Call call, StoragePool pool) throws VirtException {
    return call.host(StoragePools.class).storagePoolXml(pool.name());
  }

  static List<StoragePool> all(Call call) throws VirtException {
    return Absent.asEmpty(call.host(StoragePools.class)::storagePools);
  }

  /** Returns the pool that the call is about. */
  static StoragePool pool(Call call) throws VirtException {
    return POOLS.of(call);
  }

  /** Returns a pool by its name. */
  static StoragePool byName(Call call, String name) throws VirtException {
    return POOLS.byName(call, name);
  }

  static XdrStruct named(StoragePool pool) {
    return POOLS.named(pool);
  }
}
