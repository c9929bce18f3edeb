package org.virt.remote.internal.calls;

import org.virt.api.VirtException;
import org.virt.api.storage.StoragePools;
import org.virt.rpc.XdrStruct;

/** From a storage pool's definition to its end. */
final class StoragePoolChanges {
  private static final int VALIDATE = 1;
  private static final String NO_FLAGS = "no flags";

  /** Makes something of XML and returns its name. */
  @FunctionalInterface
  private interface Maker {
    String make(StoragePools pools, String xml) throws VirtException;
  }

  /** Does something to a pool. */
  @FunctionalInterface
  private interface Verb {
    void on(StoragePools pools, String name) throws VirtException;
  }

  void declare(Declarations all) {
    all.on("storage_pool_define_xml", made(VALIDATE, StoragePools::defineStoragePool))
        .partly("storage_pool_create_xml", NO_FLAGS, made(0, StoragePools::createStoragePool))
        .partly("storage_pool_create", NO_FLAGS, flagged(StoragePools::startStoragePool))
        .partly("storage_pool_build", NO_FLAGS, flagged(StoragePools::buildStoragePool))
        .partly("storage_pool_delete", NO_FLAGS, flagged(StoragePools::deleteStoragePool))
        .on("storage_pool_destroy", done(StoragePools::destroyStoragePool))
        .on("storage_pool_undefine", done(StoragePools::undefineStoragePool))
        .on(
            "storage_pool_set_autostart",
            call -> {
              call.host(StoragePools.class)
                  .autostartStoragePool(
                      StoragePoolCalls.pool(call).name(), ManagedObjects.autostart(call));
              return call.reply();
            })
        .on(
            "connect_find_storage_pool_sources",
            call -> {
              call.noFlags();
              return call.reply(
                  call.host(StoragePools.class)
                      .findStoragePoolSources(
                          call.text("type"), call.args().optionalText("srcSpec")));
            });
  }

  private static Handler made(int flags, Maker maker) {
    return call -> {
      call.onlyFlags(flags);
      String name = maker.make(call.host(StoragePools.class), call.text("xml"));
      return call.reply(StoragePoolCalls.named(StoragePoolCalls.byName(call, name)));
    };
  }

  private static Handler flagged(Verb verb) {
    return call -> {
      call.noFlags();
      return apply(call, verb);
    };
  }

  private static Handler done(Verb verb) {
    return call -> apply(call, verb);
  }

  private static XdrStruct apply(Call call, Verb verb) throws VirtException {
    verb.on(call.host(StoragePools.class), StoragePoolCalls.pool(call).name());
    return call.reply();
  }
}
