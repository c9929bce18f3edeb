package org.virt.remote.internal.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.virt.api.Connect;
import org.virt.api.DomainEvent;
import org.virt.api.DomainId;
import org.virt.api.ObjectEvent;
import org.virt.api.VirtException;
import org.virt.api.domain.DomainNotice;
import org.virt.api.domain.DomainNotice.Graphics.Endpoint;
import org.virt.api.host.SecretEvent;
import org.virt.remote.internal.session.Callbacks.Form;
import org.virt.rpc.Procedure;
import org.virt.rpc.Program;
import org.virt.rpc.Protocol;
import org.virt.rpc.StructType;
import org.virt.rpc.TypedValues;
import org.virt.rpc.XdrStruct;

/** Puts events of machines into the protocol's words. */
final class EventMessages {
  private static final Protocol PROTOCOL = Protocol.libvirt();
  private static final StructType DOMAIN = PROTOCOL.struct("remote_nonnull_domain");
  private static final StructType ADDRESS = PROTOCOL.struct("remote_domain_event_graphics_address");
  private static final int NO_NUMBER = -1;

  private final Connect connect;

  EventMessages(Connect connect) {
    this.connect = connect;
  }

  /** An event's message. */
  record Message(Procedure procedure, XdrStruct body) {}

  /**
   * An event before it is put into a form.
   *
   * @param kind how its procedures end, such as {@code lifecycle}
   * @param values the machine and what else is told
   */
  record Said(String kind, List<Object> values) {
    /** Returns the message; nothing for a kind that has no such form. */
    Optional<Message> in(int number, Form form) {
      if (form == Form.PLAIN) {
        return find("domain_event_" + kind)
            .filter(p -> !p.event().orElseThrow().has("callbackID"))
            .map(p -> new Message(p, p.event().orElseThrow().of(values.toArray())));
      }
      return find("domain_event_callback_" + kind)
          .or(() -> find("domain_event_" + kind))
          .map(p -> new Message(p, numbered(p.event().orElseThrow(), number)));
    }

    /** Newer kinds carry the number beside their values, older ones around them. */
    private XdrStruct numbered(StructType type, int number) {
      List<Object> all = new ArrayList<>();
      all.add(number);
      if (!type.has("msg")) {
        all.addAll(values);
        return type.of(all.toArray());
      }
      if (type.has("reason")) {
        all.add(0);
      }
      all.add(PROTOCOL.struct("remote_domain_event_" + kind + "_msg").of(values.toArray()));
      return type.of(all.toArray());
    }

    private static Optional<Procedure> find(String name) {
      return PROTOCOL.procedures().stream()
          .filter(p -> p.program() == Program.REMOTE && p.name().equals(name))
          .findFirst();
    }
  }

  /**
   * An event of an object that is no machine.
   *
   * @param objects as procedures name them
   * @param event libvirt's number of the kind
   * @param uuid of which object
   * @param kind how the procedure ends
   * @param values what is told, after the number of the callback
   */
  record Told(String objects, int event, UUID uuid, String kind, List<Object> values) {
    /** Returns the message for a callback. */
    Message message(int number) {
      Procedure procedure = PROTOCOL.procedure(Program.REMOTE, objects + "_event_" + kind);
      List<Object> all = new ArrayList<>();
      all.add(number);
      all.addAll(values);
      return new Message(procedure, procedure.event().orElseThrow().of(all.toArray()));
    }
  }

  Said lifecycle(DomainEvent event) {
    return say(
        "lifecycle", event.domain(), event.name(), event.kind().type(), event.kind().detail());
  }

  Said notice(DomainNotice notice) {
    List<Object> values = values(notice);
    return say(
        kind(notice.type()), notice.subject().id(), notice.subject().name(), values.toArray());
  }

  /** Returns what is said of an event of another object. */
  static Told object(ObjectEvent event) {
    String objects = event.type().name().toLowerCase(Locale.ROOT);
    XdrStruct which = PROTOCOL.struct("remote_nonnull_" + objects).of(event.name(), event.uuid());
    return event.kind() == ObjectEvent.Kind.REFRESHED
        ? new Told(objects, 1, event.uuid(), "refresh", List.of(which))
        : new Told(
            objects, 0, event.uuid(), "lifecycle", List.of(which, event.kind().ordinal(), 0));
  }

  /** Returns what is said of an event of a secret. */
  static Told secret(SecretEvent event) {
    XdrStruct which =
        PROTOCOL
            .struct("remote_nonnull_secret")
            .of(event.uuid(), event.usage().ordinal(), event.usageId());
    return event.kind() == SecretEvent.Kind.VALUE_CHANGED
        ? new Told("secret", 1, event.uuid(), "value_changed", List.of(which))
        : new Told(
            "secret", 0, event.uuid(), "lifecycle", List.of(which, event.kind().ordinal(), 0));
  }

  private static String kind(DomainNotice.Type type) {
    return switch (type) {
      case PM_WAKEUP -> "pmwakeup";
      case PM_SUSPEND -> "pmsuspend";
      case PM_SUSPEND_DISK -> "pmsuspend_disk";
      default -> type.name().toLowerCase(Locale.ROOT);
    };
  }

  private static List<Object> values(DomainNotice notice) {
    List<Object> values = new ArrayList<>();
    if (notice instanceof DomainNotice.RtcChange rtc) {
      values.add(rtc.offset());
    } else if (notice instanceof DomainNotice.Watchdog watchdog) {
      values.add(watchdog.action().ordinal());
    } else if (notice instanceof DomainNotice.IoError error) {
      values.addAll(List.of(error.path(), error.alias(), error.action().ordinal()));
      if (error.type() == DomainNotice.Type.IO_ERROR_REASON) {
        values.add(error.reason());
      }
    } else if (notice instanceof DomainNotice.Graphics graphics) {
      values.add(graphics.phase().ordinal());
      values.add(address(graphics.local()));
      values.add(address(graphics.remote()));
      values.addAll(List.of(graphics.authentication(), List.of()));
    } else if (notice instanceof DomainNotice.BlockJob job) {
      values.addAll(List.of(job.disk(), job.job().ordinal(), job.status().ordinal()));
    } else if (notice instanceof DomainNotice.DiskChange disk) {
      values.add(orAbsent(disk.oldPath()));
      values.add(orAbsent(disk.newPath()));
      values.addAll(List.of(disk.alias(), disk.reason().ordinal()));
    } else if (notice instanceof DomainNotice.TrayChange tray) {
      values.addAll(List.of(tray.alias(), tray.reason().ordinal()));
    } else {
      values.addAll(newerValues(notice));
    }
    return values;
  }

  private static List<Object> newerValues(DomainNotice notice) {
    List<Object> values = new ArrayList<>();
    if (notice instanceof DomainNotice.BalloonChange balloon) {
      values.add(balloon.kib());
    } else if (notice instanceof DomainNotice.Device device) {
      values.add(device.alias());
    } else if (notice instanceof DomainNotice.Tunable tunable) {
      values.add(TypedValues.toXdr(tunable.parameters()));
    } else if (notice instanceof DomainNotice.AgentLifecycle agent) {
      values.addAll(List.of(agent.state().ordinal() + 1, agent.reason().ordinal()));
    } else if (notice instanceof DomainNotice.MigrationIteration migration) {
      values.add(migration.iteration());
    } else if (notice instanceof DomainNotice.JobCompleted job) {
      values.add(TypedValues.toXdr(job.parameters()));
    } else if (notice instanceof DomainNotice.MetadataChange metadata) {
      values.add(metadata.kind().ordinal());
      values.add(orAbsent(metadata.uri()));
    } else if (notice instanceof DomainNotice.BlockThreshold block) {
      values.add(block.disk());
      values.add(orAbsent(block.path()));
      values.addAll(List.of(block.threshold(), block.excess()));
    } else if (notice instanceof DomainNotice.MemoryFailure failure) {
      values.addAll(
          List.of(failure.recipient().ordinal(), failure.action().ordinal(), failure.flags()));
    } else if (notice instanceof DomainNotice.MemoryDeviceSizeChange memory) {
      values.addAll(List.of(memory.alias(), memory.bytes()));
    }
    return values;
  }

  private static XdrStruct address(Endpoint end) {
    return ADDRESS.of(end.family(), end.node(), end.service());
  }

  private static Object orAbsent(String text) {
    return text.isEmpty() ? null : text;
  }

  private Said say(String kind, DomainId id, String name, Object... more) {
    List<Object> values = new ArrayList<>();
    values.add(DOMAIN.of(name, id.uuid(), number(id)));
    values.addAll(java.util.Arrays.asList(more));
    return new Said(kind, values);
  }

  private int number(DomainId id) {
    try {
      return connect.domain(id).summary().number().orElse(NO_NUMBER);
    } catch (VirtException e) {
      // It has gone meanwhile: it has no number.
      return NO_NUMBER;
    }
  }
}
