package org.virt.remote.internal.calls;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.virt.api.ErrorCode;
import org.virt.api.ObjectEvent;
import org.virt.api.VirtException;
import org.virt.remote.internal.session.Callbacks.Form;
import org.virt.remote.internal.session.Callbacks.Wanted;
import org.virt.remote.internal.session.Callbacks.WantedObject;
import org.virt.rpc.XdrStruct;

/** What clients want to be told, and the events that they are told. */
final class EventCalls {
  private static final int LIFECYCLE = 0;
  private static final int EVENTS = 27;

  /** Kinds of events that had another form before callbacks had numbers. */
  private static final List<String> OLD_AND_NEW =
      List.of(
          "lifecycle",
          "reboot",
          "rtc_change",
          "watchdog",
          "io_error",
          "graphics",
          "io_error_reason",
          "control_error",
          "block_job",
          "disk_change",
          "tray_change",
          "pmwakeup",
          "pmsuspend",
          "balloon_change",
          "pmsuspend_disk",
          "device_removed");

  private static final List<String> NEW =
      List.of(
          "tunable",
          "agent_lifecycle",
          "device_added",
          "migration_iteration",
          "job_completed",
          "device_removal_failed",
          "metadata_change");

  void declare(Declarations all) {
    all.on(
            "connect_domain_event_callback_register_any",
            call -> {
              Optional<UUID> domain = call.args().optionalStruct("dom").map(d -> d.uuid("uuid"));
              return call.reply(add(call, new Wanted(event(call), domain, Form.NUMBERED)));
            })
        .on(
            "connect_domain_event_callback_deregister_any",
            call -> {
              call.session().callbacks().remove(call.integer("callbackID"));
              return call.reply();
            })
        .on(
            "connect_domain_event_register_any",
            call -> {
              add(call, new Wanted(event(call), Optional.empty(), Form.PLAIN));
              return call.reply();
            })
        .on(
            "connect_domain_event_deregister_any",
            call -> {
              call.session().callbacks().remove(event(call), Form.PLAIN);
              return call.reply();
            })
        .on(
            "connect_domain_event_register",
            call -> {
              add(call, new Wanted(LIFECYCLE, Optional.empty(), Form.PLAIN));
              return call.reply(1);
            })
        .on(
            "connect_domain_event_deregister",
            call -> {
              call.session().callbacks().remove(LIFECYCLE, Form.PLAIN);
              return call.reply(0);
            });
    declareEvents(all);
    declareObject(all, "network", "net", ObjectEvent.Type.NETWORK);
    declareObject(all, "storage_pool", "pool", ObjectEvent.Type.STORAGE_POOL);
    all.tells("network_event_lifecycle")
        .tells("storage_pool_event_lifecycle")
        .tells("storage_pool_event_refresh");
    for (String object : List.of("node_device", "secret")) {
      declareOther(all, object);
    }
  }

  private static void declareEvents(Declarations all) {
    for (String kind : OLD_AND_NEW) {
      all.tells("domain_event_" + kind).tells("domain_event_callback_" + kind);
    }
    NEW.forEach(kind -> all.tells("domain_event_callback_" + kind));
    all.tells("domain_event_block_job_2")
        .tells("domain_event_block_threshold")
        .tells("domain_event_memory_failure")
        .tells("domain_event_memory_device_size_change");
  }

  private static void declareObject(
      Declarations all, String object, String field, ObjectEvent.Type type) {
    all.on(
            "connect_" + object + "_event_register_any",
            call -> {
              Optional<UUID> which = call.args().optionalStruct(field).map(o -> o.uuid("uuid"));
              WantedObject wanted = new WantedObject(type, objectEvent(call, type), which);
              return call.reply(call.session().callbacks().add(wanted));
            })
        .on(
            "connect_" + object + "_event_deregister_any",
            call -> {
              call.session().callbacks().remove(call.integer("callbackID"));
              return call.reply();
            });
  }

  /** There are no objects of these kinds yet, so nothing happens to them. */
  private static void declareOther(Declarations all, String object) {
    all.partly(
            "connect_" + object + "_event_register_any",
            "nothing ever happens: there are no such objects",
            EventCalls::addOther)
        .partly(
            "connect_" + object + "_event_deregister_any",
            "nothing ever happens: there are no such objects",
            call -> {
              call.session().callbacks().removeOther(call.integer("callbackID"));
              return call.reply();
            });
  }

  private static XdrStruct addOther(Call call) throws VirtException {
    call.connect();
    return call.reply(call.session().callbacks().addOther(call.integer("eventID")));
  }

  /** Pools have a second kind: they were refreshed. */
  private static int objectEvent(Call call, ObjectEvent.Type type) throws VirtException {
    int event = call.integer("eventID");
    if (event < 0 || event > (type == ObjectEvent.Type.STORAGE_POOL ? 1 : 0)) {
      throw new VirtException(ErrorCode.INVALID_ARG, "unsupported event ID " + event);
    }
    return event;
  }

  private static int add(Call call, Wanted wanted) throws VirtException {
    return call.session().callbacks().add(wanted);
  }

  private static int event(Call call) throws VirtException {
    int event = call.integer("eventID");
    if (event < 0 || event >= EVENTS) {
      throw new VirtException(ErrorCode.INVALID_ARG, "unsupported event ID " + event);
    }
    return event;
  }
}
