package org.virt.remote.internal.calls;

import java.util.List;
import java.util.function.Predicate;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.storage.StoragePool;
import org.virt.api.storage.StorageVolume;
import org.virt.api.storage.StorageVolumes;
import org.virt.rpc.Protocol;
import org.virt.rpc.StructType;
import org.virt.rpc.XdrStruct;

/** Volumes of storage pools, and their content. */
final class StorageVolumeCalls {
  private static final StructType VOLUME = Protocol.libvirt().struct("remote_nonnull_storage_vol");

  void declare(Declarations all) {
    declareLists(all);
    declareOne(all);
    declareChanges(all);
  }

  private static void declareLists(Declarations all) {
    all.on("storage_pool_num_of_volumes", call -> call.reply(inPool(call).size()))
        .on(
            "storage_pool_list_volumes",
            call ->
                call.reply(
                    inPool(call).stream()
                        .map(StorageVolume::name)
                        .limit(Math.max(0, call.integer("maxnames")))
                        .toList()))
        .on(
            "storage_pool_list_all_volumes",
            call -> {
              call.noFlags();
              List<XdrStruct> found = inPool(call).stream().map(StorageVolumeCalls::named).toList();
              return call.reply(
                  call.integer("need_results") != 0 ? found : List.of(), found.size());
            })
        .on(
            "storage_vol_lookup_by_name",
            call ->
                call.reply(
                    named(
                        volumes(call)
                            .storageVolume(StoragePoolCalls.pool(call).name(), call.text("name")))))
        .on(
            "storage_vol_lookup_by_key",
            call -> found(call, v -> v.key().equals(call.text("key")), "key", call.text("key")))
        .on(
            "storage_vol_lookup_by_path",
            call ->
                found(call, v -> v.path().equals(call.text("path")), "path", call.text("path")));
  }

  private static void declareOne(Declarations all) {
    all.on("storage_vol_get_info", StorageVolumeCalls::info)
        .partly(
            "storage_vol_get_info_flags",
            "VIR_STORAGE_VOL_GET_PHYSICAL tells the allocation",
            call -> {
              call.onlyFlags(1);
              return info(call);
            })
        .on(
            "storage_vol_get_xml_desc",
            call -> {
              call.noFlags();
              StorageVolume volume = volume(call);
              return call.reply(volumes(call).storageVolumeXml(volume.pool(), volume.name()));
            })
        .on("storage_vol_get_path", call -> call.reply(volume(call).path()));
  }

  private static void declareChanges(Declarations all) {
    all.partly(
            "storage_vol_create_xml",
            "no flags",
            call -> {
              call.noFlags();
              String pool = StoragePoolCalls.pool(call).name();
              String name = volumes(call).createStorageVolume(pool, call.text("xml"));
              return call.reply(named(volumes(call).storageVolume(pool, name)));
            })
        .partly(
            "storage_vol_create_xml_from",
            "within one pool, no flags",
            StorageVolumeCalls::createFrom)
        .partly(
            "storage_vol_delete",
            "no flags",
            call -> {
              call.noFlags();
              StorageVolume volume = volume(call);
              volumes(call).deleteStorageVolume(volume.pool(), volume.name());
              return call.reply();
            })
        .on(
            "storage_vol_wipe",
            call -> {
              call.noFlags();
              return wipe(call);
            })
        .partly(
            "storage_vol_wipe_pattern",
            "zeros only",
            call -> {
              call.noFlags();
              if (call.integer("algorithm") != 0) {
                throw new VirtException(
                    ErrorCode.ARGUMENT_UNSUPPORTED, "only zeros are written over volumes");
              }
              return wipe(call);
            })
        .partly(
            "storage_vol_resize",
            "no flags",
            call -> {
              call.noFlags();
              StorageVolume volume = volume(call);
              volumes(call)
                  .resizeStorageVolume(volume.pool(), volume.name(), call.wide("capacity"));
              return call.reply();
            });
  }

  private static XdrStruct wipe(Call call) throws VirtException {
    StorageVolume volume = volume(call);
    volumes(call).wipeStorageVolume(volume.pool(), volume.name());
    return call.reply();
  }

  private static XdrStruct info(Call call) throws VirtException {
    StorageVolume volume = volume(call);
    return call.reply(volume.type().ordinal(), volume.capacity(), volume.allocation());
  }

  private static XdrStruct createFrom(Call call) throws VirtException {
    call.noFlags();
    String pool = StoragePoolCalls.pool(call).name();
    XdrStruct source = call.args().struct("clonevol");
    if (!source.text("pool").equals(pool)) {
      throw new VirtException(
          ErrorCode.ARGUMENT_UNSUPPORTED,
          "the volume to copy is in the pool '%s', not in '%s'"
              .formatted(source.text("pool"), pool));
    }
    String name = volumes(call).cloneStorageVolume(pool, call.text("xml"), source.text("name"));
    return call.reply(named(volumes(call).storageVolume(pool, name)));
  }

  private static StorageVolumes volumes(Call call) throws VirtException {
    return call.host(StorageVolumes.class);
  }

  private static List<StorageVolume> inPool(Call call) throws VirtException {
    return volumes(call).storageVolumes(StoragePoolCalls.pool(call).name());
  }

  /** Returns the volume that the call is about: the key is its own, for policies see it. */
  static StorageVolume volume(Call call) throws VirtException {
    XdrStruct wanted = call.args().struct("vol");
    StorageVolume volume = volumes(call).storageVolume(wanted.text("pool"), wanted.text("name"));
    if (!volume.key().equals(wanted.text("key"))) {
      throw new VirtException(
          ErrorCode.NO_STORAGE_VOL,
          "no storage vol with matching key '" + wanted.text("key") + "'");
    }
    return volume;
  }

  private static XdrStruct found(Call call, Predicate<StorageVolume> which, String by, String value)
      throws VirtException {
    for (StoragePool pool : StoragePoolCalls.all(call)) {
      if (pool.state() != StoragePool.State.RUNNING) {
        continue;
      }
      for (StorageVolume volume : volumes(call).storageVolumes(pool.name())) {
        if (which.test(volume)) {
          return call.reply(named(volume));
        }
      }
    }
    throw new VirtException(
        ErrorCode.NO_STORAGE_VOL, "no storage vol with matching %s '%s'".formatted(by, value));
  }

  private static XdrStruct named(StorageVolume volume) {
    return VOLUME.of(volume.pool(), volume.name(), volume.key());
  }
}
