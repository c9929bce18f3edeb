package org.virt.remote.internal.calls;

import java.util.List;
import java.util.UUID;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * Host interfaces, node devices, secrets and checkpoints, of which no driver has any: lists of them
 * are empty, and none is found. Old clients ask for all of these before they do anything else.
 */
final class AbsentObjectCalls {
  private static final String NONE = "there are none yet";

  void declare(Declarations all) {
    lists(all, "interfaces", "defined_interfaces");
    count(all, "connect_num_of_secrets");
    list(all, "connect_list_secrets");
    count(all, "node_num_of_devices");
    list(all, "node_list_devices");
    for (String objects : List.of("interfaces", "secrets", "node_devices")) {
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
    lookup(all, "interface_lookup_by_name", "name", ErrorCode.NO_INTERFACE, "interface");
    lookup(all, "interface_lookup_by_mac_string", "mac", ErrorCode.NO_INTERFACE, "interface");
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
    all.partly(
            "domain_list_all_checkpoints",
            NONE,
            call -> {
              call.domain();
              return call.reply(List.of(), 0);
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
