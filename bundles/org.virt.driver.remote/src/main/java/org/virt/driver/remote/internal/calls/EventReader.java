package org.virt.driver.remote.internal.calls;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.virt.api.DomainEvent;
import org.virt.api.DomainListener;
import org.virt.api.ObjectEvent;
import org.virt.api.domain.BlockJobVerbs.BlockJobType;
import org.virt.api.domain.DomainNotice;
import org.virt.api.domain.DomainNotice.AgentLifecycle;
import org.virt.api.domain.DomainNotice.BalloonChange;
import org.virt.api.domain.DomainNotice.BlockJob;
import org.virt.api.domain.DomainNotice.BlockThreshold;
import org.virt.api.domain.DomainNotice.Device;
import org.virt.api.domain.DomainNotice.DiskChange;
import org.virt.api.domain.DomainNotice.Graphics;
import org.virt.api.domain.DomainNotice.Graphics.Endpoint;
import org.virt.api.domain.DomainNotice.IoError;
import org.virt.api.domain.DomainNotice.JobCompleted;
import org.virt.api.domain.DomainNotice.MemoryDeviceSizeChange;
import org.virt.api.domain.DomainNotice.MemoryFailure;
import org.virt.api.domain.DomainNotice.MetadataChange;
import org.virt.api.domain.DomainNotice.MigrationIteration;
import org.virt.api.domain.DomainNotice.Plain;
import org.virt.api.domain.DomainNotice.RtcChange;
import org.virt.api.domain.DomainNotice.Subject;
import org.virt.api.domain.DomainNotice.TrayChange;
import org.virt.api.domain.DomainNotice.Tunable;
import org.virt.api.domain.DomainNotice.Type;
import org.virt.api.domain.DomainNotice.Watchdog;
import org.virt.api.domain.MetadataVerbs;
import org.virt.api.domain.TypedParameters;
import org.virt.api.host.Secret;
import org.virt.api.host.SecretEvent;
import org.virt.rpc.TypedValues;
import org.virt.rpc.XdrStruct;

/** Turns events of the protocol into those of the API. */
final class EventReader {
  private static final String PREFIX = "domain_event_";
  private static final String CALLBACK = "callback_";

  private final XdrStruct message;
  private final Subject subject;

  private EventReader(XdrStruct message) {
    this.message = message;
    XdrStruct domain = message.struct("dom");
    subject = new Subject(Far.id(domain), domain.text("name"));
  }

  /**
   * Reads an event.
   *
   * @param procedure its name in the protocol
   * @return what tells a listener of it; nothing for what the API has no event for, or a newer
   *     libvirt's number
   */
  static Optional<Consumer<DomainListener>> read(String procedure, XdrStruct body) {
    if (procedure.startsWith("network_event_")) {
      return object(ObjectEvent.Type.NETWORK, body, "net");
    }
    if (procedure.startsWith("storage_pool_event_")) {
      return object(ObjectEvent.Type.STORAGE_POOL, body, "pool");
    }
    if (procedure.startsWith("secret_event_")) {
      return secret(body);
    }
    if (!procedure.startsWith(PREFIX)) {
      return Optional.empty();
    }
    String plain = procedure.substring(PREFIX.length());
    String kind = plain.startsWith(CALLBACK) ? plain.substring(CALLBACK.length()) : plain;
    EventReader reader = new EventReader(body.type().has("msg") ? body.struct("msg") : body);
    if (kind.equals("lifecycle")) {
      return reader.lifeCycle();
    }
    return reader.notice(kind).map(notice -> listener -> listener.notice(notice));
  }

  /** An event without a number is that of a pool that was looked at anew. */
  private static Optional<Consumer<DomainListener>> object(
      ObjectEvent.Type type, XdrStruct body, String field) {
    XdrStruct object = body.struct(field);
    Optional<ObjectEvent.Kind> known =
        body.type().has("event")
            ? at(ObjectEvent.Kind.values(), body.integer("event"))
                .filter(kind -> kind != ObjectEvent.Kind.REFRESHED)
            : Optional.of(ObjectEvent.Kind.REFRESHED);
    return known
        .map(kind -> new ObjectEvent(type, object.uuid("uuid"), object.text("name"), kind))
        .map(event -> listener -> listener.event(event));
  }

  /** An event without a number is that of another value. */
  private static Optional<Consumer<DomainListener>> secret(XdrStruct body) {
    XdrStruct secret = body.struct("secret");
    Optional<SecretEvent.Kind> known =
        body.type().has("event")
            ? at(SecretEvent.Kind.values(), body.integer("event"))
                .filter(kind -> kind != SecretEvent.Kind.VALUE_CHANGED)
            : Optional.of(SecretEvent.Kind.VALUE_CHANGED);
    return known
        .flatMap(
            kind ->
                at(Secret.Usage.values(), secret.integer("usageType"))
                    .map(
                        usage ->
                            new SecretEvent(
                                secret.uuid("uuid"), usage, secret.text("usageID"), kind)))
        .map(event -> listener -> listener.event(event));
  }

  private Optional<Consumer<DomainListener>> lifeCycle() {
    return DomainEvent.Kind.of(message.integer("event"), message.integer("detail"))
        .map(kind -> new DomainEvent(subject.id(), subject.name(), kind, ""))
        .map(event -> listener -> listener.event(event));
  }

  private Optional<DomainNotice> notice(String kind) {
    return switch (kind) {
      case "reboot" -> plain(Type.REBOOT);
      case "control_error" -> plain(Type.CONTROL_ERROR);
      case "pmwakeup" -> plain(Type.PM_WAKEUP);
      case "pmsuspend" -> plain(Type.PM_SUSPEND);
      case "pmsuspend_disk" -> plain(Type.PM_SUSPEND_DISK);
      case "rtc_change" -> Optional.of(new RtcChange(subject, message.wide("offset")));
      case "balloon_change" -> Optional.of(new BalloonChange(subject, message.wide("actual")));
      case "migration_iteration" ->
          Optional.of(new MigrationIteration(subject, message.integer("iteration")));
      case "tunable" -> Optional.of(new Tunable(subject, parameters()));
      case "job_completed" -> Optional.of(new JobCompleted(subject, parameters()));
      case "graphics" -> graphics();
      case "watchdog" ->
          constant(Watchdog.Action.values(), "action", a -> new Watchdog(subject, a));
      case "agent_lifecycle" -> agent();
      case "metadata_change" ->
          constant(
              MetadataVerbs.Kind.values(),
              "type",
              type -> new MetadataChange(subject, type, optional("nsuri")));
      case "memory_failure" -> memoryFailure();
      default -> device(kind);
    };
  }

  private Optional<DomainNotice> device(String kind) {
    return switch (kind) {
      case "device_added" -> device(Type.DEVICE_ADDED);
      case "device_removed" -> device(Type.DEVICE_REMOVED);
      case "device_removal_failed" -> device(Type.DEVICE_REMOVAL_FAILED);
      case "io_error" -> ioError(Type.IO_ERROR, "");
      case "io_error_reason" -> ioError(Type.IO_ERROR_REASON, message.text("reason"));
      case "block_job" -> blockJob(Type.BLOCK_JOB, "path");
      case "block_job_2" -> blockJob(Type.BLOCK_JOB_2, "dst");
      case "disk_change" ->
          constant(
              DiskChange.Reason.values(),
              "reason",
              reason ->
                  new DiskChange(
                      subject,
                      optional("oldSrcPath"),
                      optional("newSrcPath"),
                      message.text("devAlias"),
                      reason));
      case "tray_change" ->
          constant(
              TrayChange.Reason.values(),
              "reason",
              reason -> new TrayChange(subject, message.text("devAlias"), reason));
      case "block_threshold" ->
          Optional.of(
              new BlockThreshold(
                  subject,
                  message.text("dev"),
                  optional("path"),
                  message.wide("threshold"),
                  message.wide("excess")));
      case "memory_device_size_change" ->
          Optional.of(
              new MemoryDeviceSizeChange(subject, message.text("alias"), message.wide("size")));
      default -> Optional.empty();
    };
  }

  private Optional<DomainNotice> plain(Type type) {
    return Optional.of(new Plain(subject, type));
  }

  private Optional<DomainNotice> device(Type type) {
    return Optional.of(new Device(subject, type, message.text("devAlias")));
  }

  private Optional<DomainNotice> ioError(Type type, String reason) {
    return constant(
        IoError.Action.values(),
        "action",
        action ->
            new IoError(
                subject, type, message.text("srcPath"), message.text("devAlias"), action, reason));
  }

  private Optional<DomainNotice> blockJob(Type type, String disk) {
    return constant(BlockJobType.values(), "type", Function.identity())
        .flatMap(
            job ->
                constant(
                    BlockJob.Status.values(),
                    "status",
                    status -> new BlockJob(subject, type, message.text(disk), job, status)));
  }

  private Optional<DomainNotice> graphics() {
    return constant(
        Graphics.Phase.values(),
        "phase",
        phase ->
            new Graphics(
                subject, phase, endpoint("local"), endpoint("remote"), message.text("authScheme")));
  }

  private Endpoint endpoint(String field) {
    XdrStruct end = message.struct(field);
    return new Endpoint(end.integer("family"), end.text("node"), end.text("service"));
  }

  private Optional<DomainNotice> agent() {
    int state = message.integer("state") - 1;
    return constant(
            AgentLifecycle.Reason.values(),
            "reason",
            reason ->
                at(AgentLifecycle.State.values(), state)
                    .map(known -> (DomainNotice) new AgentLifecycle(subject, known, reason)))
        .flatMap(Function.identity());
  }

  private Optional<DomainNotice> memoryFailure() {
    return constant(MemoryFailure.Recipient.values(), "recipient", Function.identity())
        .flatMap(
            recipient ->
                constant(
                    MemoryFailure.Action.values(),
                    "action",
                    action ->
                        new MemoryFailure(subject, recipient, action, message.integer("flags"))));
  }

  private <E, T> Optional<T> constant(E[] constants, String field, Function<E, T> then) {
    return at(constants, message.integer(field)).map(then);
  }

  private static <E> Optional<E> at(E[] constants, int number) {
    return number < 0 || number >= constants.length
        ? Optional.empty()
        : Optional.ofNullable(List.of(constants).get(number));
  }

  private String optional(String field) {
    return message.optionalText(field).orElse("");
  }

  private TypedParameters parameters() {
    return TypedValues.of(message.structs("params"));
  }
}
