package org.virt.remote.internal.calls;

import java.util.List;
import java.util.UUID;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * Networks, storage, host interfaces, node devices, secrets and snapshots, of which no driver has
 * any: lists of them are empty, and none is found. Old clients ask for all of these before they do
 * anything else.
 */
final class AbsentObjectCalls {
  private static final String NONE = "there are none yet";

  void declare(Declarations all) {
    lists(all, "networks", "defined_networks");
    lists(all, "interfaces", "defined_interfaces");
    lists(all, "storage_pools", "defined_storage_pools");
    count(all, "connect_num_of_secrets");
    list(all, "connect_list_secrets");
    count(all, "node_num_of_devices");
    list(all, "node_list_devices");
    for (String objects :
        List.of("networks", "interfaces", "storage_pools", "secrets", "node_devices")) {
      all.partly(
          "connect_list_all_" + objects,
          NONE,
          call -> {
            call.connect();
            return call.reply(List.of(), 0);
          });
    }
    declareLookups(all);
    declareOfDomain(all);
  }

  private static void lists(Declarations all, String active, String defined) {
    for (String objects : List.of(active, defined)) {
      count(all, "connect_num_of_" + objects);
      list(all, "connect_list_" + objects);
    }
  }

  private static void count(Declarations all, String name) {
    all.partly(
        name,
        NONE,
        call -> {
          call.connect();
          return call.reply(0);
        });
  }

  private static void list(Declarations all, String name) {
    all.partly(
        name,
        NONE,
        call -> {
          call.connect();
          return call.reply(List.of());
        });
  }

  private static void declareLookups(Declarations all) {
    lookup(all, "network_lookup_by_name", "name", ErrorCode.NO_NETWORK, "network");
    lookup(all, "network_lookup_by_uuid", "uuid", ErrorCode.NO_NETWORK, "network");
    lookup(all, "interface_lookup_by_name", "name", ErrorCode.NO_INTERFACE, "interface");
    lookup(all, "interface_lookup_by_mac_string", "mac", ErrorCode.NO_INTERFACE, "interface");
    lookup(all, "storage_pool_lookup_by_name", "name", ErrorCode.NO_STORAGE_POOL, "storage pool");
    lookup(all, "storage_pool_lookup_by_uuid", "uuid", ErrorCode.NO_STORAGE_POOL, "storage pool");
    lookup(
        all,
        "storage_pool_lookup_by_target_path",
        "path",
        ErrorCode.NO_STORAGE_POOL,
        "storage pool");
    lookup(all, "storage_vol_lookup_by_key", "key", ErrorCode.NO_STORAGE_VOL, "storage vol");
    lookup(all, "storage_vol_lookup_by_path", "path", ErrorCode.NO_STORAGE_VOL, "storage vol");
    lookup(all, "node_device_lookup_by_name", "name", ErrorCode.NO_NODE_DEVICE, "node device");
    lookup(all, "secret_lookup_by_uuid", "uuid", ErrorCode.NO_SECRET, "secret");
    lookup(all, "secret_lookup_by_usage", "usageID", ErrorCode.NO_SECRET, "secret");
  }

  private static void lookup(
      Declarations all, String procedure, String field, ErrorCode code, String object) {
    all.partly(
        procedure,
        NONE,
        call -> {
          call.connect();
          Object wanted = call.args().get(field);
          String by = wanted instanceof UUID ? "uuid" : field;
          throw new VirtException(
              code, "no %s with matching %s '%s'".formatted(object, by, wanted));
        });
  }

  private static void declareOfDomain(Declarations all) {
    for (String procedure : List.of("domain_snapshot_num")) {
      all.partly(
          procedure,
          NONE,
          call -> {
            call.domain();
            return call.reply(0);
          });
    }
    all.partly(
            "domain_snapshot_list_names",
            NONE,
            call -> {
              call.domain();
              return call.reply(List.of());
            })
        .partly(
            "domain_list_all_snapshots",
            NONE,
            call -> {
              call.domain();
              return call.reply(List.of(), 0);
            })
        .partly(
            "domain_list_all_checkpoints",
            NONE,
            call -> {
              call.domain();
              return call.reply(List.of(), 0);
            })
        .partly(
            "domain_has_current_snapshot",
            NONE,
            call -> {
              call.domain();
              return call.reply(0);
            })
        .partly(
            "domain_snapshot_lookup_by_name",
            NONE,
            call -> {
              call.domain();
              throw new VirtException(
                  ErrorCode.NO_DOMAIN_SNAPSHOT,
                  "no domain snapshot with matching name '" + call.text("name") + "'");
            })
        .partly(
            "domain_checkpoint_lookup_by_name",
            NONE,
            call -> {
              call.domain();
              throw new VirtException(
                  ErrorCode.NO_DOMAIN_CHECKPOINT,
                  "no domain checkpoint with matching name '" + call.text("name") + "'");
            });
  }
}
