package org.virt.remote.internal.calls;

import java.util.List;
import java.util.function.Predicate;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.storage.StoragePool;
import org.virt.api.storage.StoragePool.Persistence;
import org.virt.api.storage.StoragePool.State;
import org.virt.api.storage.StoragePools;
import org.virt.api.xml.SafeXml;
import org.virt.api.xml.XmlElement;
import org.virt.rpc.Protocol;
import org.virt.rpc.StructType;
import org.virt.rpc.XdrStruct;

/** Which storage pools there are, and what they are like. A driver without them has none. */
final class StoragePoolCalls {
  private static final StructType POOL = Protocol.libvirt().struct("remote_nonnull_storage_pool");

  private static final int INACTIVE = 1;
  private static final int ACTIVE = 2;
  private static final int PERSISTENT = 4;
  private static final int TRANSIENT = 8;
  private static final int AUTOSTART = 16;
  private static final int NO_AUTOSTART = 32;

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
    declareLists(all);
    declareOne(all);
    new StoragePoolChanges().declare(all);
  }

  private static void declareLists(Declarations all) {
    all.on(
            "connect_num_of_storage_pools",
            call -> call.reply(all(call, StoragePoolCalls::isActive).size()))
        .on("connect_list_storage_pools", call -> names(call, StoragePoolCalls::isActive))
        .on(
            "connect_num_of_defined_storage_pools",
            call -> call.reply(all(call, p -> !isActive(p)).size()))
        .on("connect_list_defined_storage_pools", call -> names(call, p -> !isActive(p)))
        .on("connect_list_all_storage_pools", StoragePoolCalls::listAll)
        .on(
            "storage_pool_lookup_by_name",
            call -> {
              String name = call.text("name");
              return call.reply(named(find(call, p -> p.name().equals(name), "name", name)));
            })
        .on(
            "storage_pool_lookup_by_uuid",
            call -> {
              Object uuid = call.args().uuid("uuid");
              return call.reply(named(find(call, p -> p.uuid().equals(uuid), "uuid", uuid)));
            })
        .on(
            "storage_pool_lookup_by_volume",
            call -> {
              String name = call.args().struct("vol").text("pool");
              return call.reply(named(find(call, p -> p.name().equals(name), "name", name)));
            })
        .on("storage_pool_lookup_by_target_path", StoragePoolCalls::byPath);
  }

  private static void declareOne(Declarations all) {
    all.on(
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
              call.host(StoragePools.class).refreshStoragePool(pool(call).name());
              return call.reply();
            })
        .on("storage_pool_is_active", call -> call.reply(isActive(pool(call)) ? 1 : 0))
        .on(
            "storage_pool_is_persistent",
            call -> call.reply(pool(call).persistence() == Persistence.TRANSIENT ? 0 : 1))
        .on(
            "storage_pool_get_autostart",
            call -> call.reply(pool(call).persistence() == Persistence.AUTOSTART ? 1 : 0));
  }

  private static boolean isActive(StoragePool pool) {
    return pool.state() != State.INACTIVE;
  }

  private static XdrStruct listAll(Call call) throws VirtException {
    int flags = call.flags();
    List<StoragePool> some = all(call, pool -> admits(flags, pool));
    if ((flags & TYPES) != 0) {
      List<StoragePool> ofTypes = new java.util.ArrayList<>();
      for (StoragePool pool : some) {
        XmlElement root = SafeXml.tree("pool", xml(call, pool));
        int bit = TYPE_NAMES.indexOf(root.attribute("type"));
        if (bit >= 0 && (flags & 1 << bit + 6) != 0) {
          ofTypes.add(pool);
        }
      }
      some = ofTypes;
    }
    boolean wanted = call.integer("need_results") != 0;
    List<XdrStruct> found = some.stream().map(StoragePoolCalls::named).toList();
    return call.reply(wanted ? found : List.of(), found.size());
  }

  private static XdrStruct byPath(Call call) throws VirtException {
    String path = call.text("path");
    for (StoragePool pool : all(call, p -> true)) {
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

  private static boolean admits(int flags, StoragePool pool) {
    Persistence persistence = pool.persistence();
    return group(flags, ACTIVE | INACTIVE, isActive(pool) ? ACTIVE : INACTIVE)
        && group(
            flags,
            PERSISTENT | TRANSIENT,
            persistence == Persistence.TRANSIENT ? TRANSIENT : PERSISTENT)
        && group(
            flags,
            AUTOSTART | NO_AUTOSTART,
            persistence == Persistence.AUTOSTART ? AUTOSTART : NO_AUTOSTART);
  }

  private static boolean group(int flags, int group, int bit) {
    return (flags & group) == 0 || (flags & bit) != 0;
  }

  private static String xml(Call call, StoragePool pool) throws VirtException {
    return call.host(StoragePools.class).storagePoolXml(pool.name());
  }

  static List<StoragePool> all(Call call, Predicate<StoragePool> which) throws VirtException {
    StoragePools pools = call.host(StoragePools.class);
    return Absent.asEmpty(pools::storagePools).stream().filter(which).toList();
  }

  private static XdrStruct names(Call call, Predicate<StoragePool> which) throws VirtException {
    return call.reply(
        all(call, which).stream()
            .map(StoragePool::name)
            .limit(Math.max(0, call.integer("maxnames")))
            .toList());
  }

  /** Returns the pool that the call is about: name and UUID are its own, for policies see both. */
  static StoragePool pool(Call call) throws VirtException {
    XdrStruct pool = call.args().struct("pool");
    String name = pool.text("name");
    return find(
        call, p -> p.uuid().equals(pool.uuid("uuid")) && p.name().equals(name), "name", name);
  }

  /** Returns a pool by its name. */
  static StoragePool byName(Call call, String name) throws VirtException {
    return find(call, p -> p.name().equals(name), "name", name);
  }

  private static StoragePool find(Call call, Predicate<StoragePool> which, String by, Object value)
      throws VirtException {
    return all(call, which).stream()
        .findFirst()
        .orElseThrow(
            () ->
                new VirtException(
                    ErrorCode.NO_STORAGE_POOL,
                    "no storage pool with matching %s '%s'".formatted(by, value)));
  }

  static XdrStruct named(StoragePool pool) {
    return POOL.of(pool.name(), pool.uuid());
  }
}
