package org.virt.remote.internal.calls;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.virt.api.ErrorCode;
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
    declareObject(all, "network", "net", "lifecycle");
    declareObject(all, "storage_pool", "pool", "lifecycle", "refresh");
    declareObject(all, "secret", "secret", "lifecycle", "value_changed");
    declareNodeDevice(all);
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

  /** Declares events of a kind of objects; libvirt's numbers of them are their places. */
  private static void declareObject(
      Declarations all, String object, String field, String... events) {
    all.on(
            "connect_" + object + "_event_register_any",
            call -> {
              Optional<UUID> which = call.args().optionalStruct(field).map(o -> o.uuid("uuid"));
              int event = event(call, events.length);
              return call.reply(
                  call.session().callbacks().add(new WantedObject(object, event, which)));
            })
        .on(
            "connect_" + object + "_event_deregister_any",
            call -> {
              call.session().callbacks().remove(call.integer("callbackID"));
              return call.reply();
            });
    for (String event : events) {
      all.tells(object + "_event_" + event);
    }
  }

  private static void declareNodeDevice(Declarations all) {
    String lacks = "nothing is told: devices of the host are looked at when they are asked for";
    all.partly("connect_node_device_event_register_any", lacks, EventCalls::addOther)
        .partly(
            "connect_node_device_event_deregister_any",
            lacks,
            call -> {
              call.session().callbacks().removeOther(call.integer("callbackID"));
              return call.reply();
            });
  }

  private static XdrStruct addOther(Call call) throws VirtException {
    call.connect();
    return call.reply(call.session().callbacks().addOther(call.integer("eventID")));
  }

  private static int add(Call call, Wanted wanted) throws VirtException {
    return call.session().callbacks().add(wanted);
  }

  private static int event(Call call) throws VirtException {
    return event(call, EVENTS);
  }

  private static int event(Call call, int kinds) throws VirtException {
    int event = call.integer("eventID");
    if (event < 0 || event >= kinds) {
      throw new VirtException(ErrorCode.INVALID_ARG, "unsupported event ID " + event);
    }
    return event;
  }
}
