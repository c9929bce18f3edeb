package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.virt.api.VirtException;
import org.virt.api.domain.BlockJobVerbs.BlockJobType;
import org.virt.api.domain.DomainNotice;
import org.virt.api.domain.DomainNotice.AgentLifecycle;
import org.virt.api.domain.DomainNotice.BlockJob;
import org.virt.api.domain.DomainNotice.Graphics;
import org.virt.api.domain.DomainNotice.IoError;
import org.virt.api.domain.DomainNotice.MemoryFailure;
import org.virt.api.domain.DomainNotice.Subject;
import org.virt.api.domain.DomainNotice.TrayChange;
import org.virt.api.domain.DomainNotice.Type;
import org.virt.api.domain.DomainNotice.Watchdog;
import org.virt.api.xml.XmlElement;
import org.virt.driver.qemu.internal.qmp.QmpEvent;
import org.virt.model.edit.DeviceEdit;
import org.virt.model.edit.DomainTree;

/** Turns what QEMU tells of a run (qapi events) into libvirt's kinds of events. */
final class Notices implements Consumer<QmpEvent> {
  private static final long KIB = 1024;
  private static final String AGENT_PORT = "org.qemu.guest_agent.0";

  private final Machine machine;
  private final Run run;

  Notices(Machine machine, Run run) {
    this.machine = machine;
    this.run = run;
  }

  @Override
  public void accept(QmpEvent event) {
    Subject subject = machine.subject();
    switch (event.name()) {
      case "RESET" -> send(new DomainNotice.Plain(subject, Type.REBOOT));
      case "RTC_CHANGE" ->
          send(new DomainNotice.RtcChange(subject, Json.number(event.data(), "offset")));
      case "WATCHDOG" ->
          send(new Watchdog(subject, word(Watchdog.Action.class, event.text("action"))));
      case "BLOCK_IO_ERROR" -> ioError(subject, event);
      case "VNC_CONNECTED", "SPICE_CONNECTED" -> graphics(subject, event, Graphics.Phase.CONNECT);
      case "VNC_INITIALIZED", "SPICE_INITIALIZED" ->
          graphics(subject, event, Graphics.Phase.INITIALIZE);
      case "VNC_DISCONNECTED", "SPICE_DISCONNECTED" ->
          graphics(subject, event, Graphics.Phase.DISCONNECT);
      case "DEVICE_TRAY_MOVED" -> tray(subject, event);
      case "WAKEUP" -> send(new DomainNotice.Plain(subject, Type.PM_WAKEUP));
      case "SUSPEND" -> send(new DomainNotice.Plain(subject, Type.PM_SUSPEND));
      case "SUSPEND_DISK" -> send(new DomainNotice.Plain(subject, Type.PM_SUSPEND_DISK));
      case "BALLOON_CHANGE" ->
          send(new DomainNotice.BalloonChange(subject, Json.number(event.data(), "actual") / KIB));
      case "DEVICE_UNPLUG_GUEST_ERROR", "MEM_UNPLUG_ERROR" ->
          send(new DomainNotice.Device(subject, Type.DEVICE_REMOVAL_FAILED, event.text("device")));
      case "BLOCK_JOB_READY" -> job(subject, event, BlockJob.Status.READY);
      case "BLOCK_JOB_CANCELLED" -> job(subject, event, BlockJob.Status.CANCELED);
      case "BLOCK_JOB_COMPLETED" -> {
        boolean failed = event.data().has("error");
        job(subject, event, failed ? BlockJob.Status.FAILED : BlockJob.Status.COMPLETED);
      }
      case "VSERPORT_CHANGE" -> agent(subject, event);
      case "BLOCK_WRITE_THRESHOLD" ->
          send(
              new DomainNotice.BlockThreshold(
                  subject,
                  event.text("node-name"),
                  "",
                  Json.number(event.data(), "write-threshold"),
                  Json.number(event.data(), "amount-exceeded")));
      case "MEMORY_FAILURE" -> memoryFailure(subject, event);
      case "MEMORY_DEVICE_SIZE_CHANGE" ->
          send(
              new DomainNotice.MemoryDeviceSizeChange(
                  subject, event.text("id"), Json.number(event.data(), "size")));
      case "MIGRATION_PASS" ->
          send(
              new DomainNotice.MigrationIteration(
                  subject, (int) Json.number(event.data(), "pass")));
      default -> {
        // No kind of libvirt's; changes of state are seen by the observer.
      }
    }
  }

  private void send(DomainNotice notice) {
    machine.send(notice);
  }

  /** Returns a constant by QEMU's word for it; the first one where it has none. */
  private static <E extends Enum<E>> E word(Class<E> type, String text) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equalsIgnoreCase(text.replace('-', '_'))) {
        return constant;
      }
    }
    return type.getEnumConstants()[0];
  }

  /** Returns the devices of the run; none when they cannot be read. */
  private List<XmlElement> devices() {
    try {
      return DeviceEdit.all(DomainTree.of(run.live.xml()));
    } catch (VirtException e) {
      return List.of();
    }
  }

  /** Returns a disk of the run by its alias; an empty one when there is none. */
  private XmlElement disk(String alias) {
    return devices().stream()
        .filter(d -> !alias.isEmpty() && alias.equals(DeviceEdit.alias(d)))
        .findFirst()
        .orElse(new XmlElement("", "disk"));
  }

  private void ioError(Subject subject, QmpEvent event) {
    // A drive of -blockdev has no name of its own; the path of its device tells the alias.
    String device = event.text("device");
    String alias = alias(device.isEmpty() ? event.text("qom-path") : device);
    String path = DeviceEdit.path(disk(alias)).orElse("");
    IoError.Action action =
        switch (event.text("action")) {
          case "stop" -> IoError.Action.PAUSE;
          case "report" -> IoError.Action.REPORT;
          default -> IoError.Action.NONE;
        };
    String reason = event.text("nospace").equals("true") ? "enospc" : "";
    for (Type type : List.of(Type.IO_ERROR, Type.IO_ERROR_REASON)) {
      send(new IoError(subject, type, path, alias, action, reason));
    }
  }

  /** Returns the alias in a path of QEMU's object model. */
  static String alias(String path) {
    String rest = path.replaceFirst("^/machine/peripheral/", "");
    int slash = rest.indexOf('/');
    return slash < 0 ? rest : rest.substring(0, slash);
  }

  private void graphics(Subject subject, QmpEvent event, Graphics.Phase phase) {
    JsonObject server = Json.child(event.data(), "server");
    String authentication = Json.text(server, "auth");
    send(
        new Graphics(
            subject,
            phase,
            endpoint(server),
            endpoint(Json.child(event.data(), "client")),
            authentication));
  }

  private static Graphics.Endpoint endpoint(JsonObject end) {
    int family =
        switch (Json.text(end, "family")) {
          case "ipv6" -> 1;
          case "unix" -> 2;
          default -> 0;
        };
    String service = Json.text(end, "service");
    return new Graphics.Endpoint(
        family, Json.text(end, "host"), service.isEmpty() ? Json.text(end, "port") : service);
  }

  private void tray(Subject subject, QmpEvent event) {
    boolean open = event.text("tray-open").equals("true");
    send(
        new TrayChange(
            subject,
            alias(event.text("id")),
            open ? TrayChange.Reason.OPENED : TrayChange.Reason.CLOSED));
  }

  /** Jobs of ours are named by the disk's alias: {@code pull-virtio-disk0}. */
  private void job(Subject subject, QmpEvent event, BlockJob.Status status) {
    String name = event.text("device");
    int dash = name.indexOf('-');
    XmlElement disk = disk(name.substring(dash + 1));
    BlockJobType type = BlockJobs.type(name, event.text("type"));
    send(new BlockJob(subject, Type.BLOCK_JOB, DeviceEdit.path(disk).orElse(""), type, status));
    send(new BlockJob(subject, Type.BLOCK_JOB_2, DeviceEdit.target(disk), type, status));
  }

  private void agent(Subject subject, QmpEvent event) {
    String alias = event.text("id");
    for (XmlElement device : devices()) {
      boolean agent =
          device.name().equals("channel")
              && alias.equals(DeviceEdit.alias(device))
              && device
                  .child("target")
                  .filter(t -> AGENT_PORT.equals(t.attribute("name")))
                  .isPresent();
      if (agent) {
        boolean open = event.text("open").equals("true");
        send(
            new AgentLifecycle(
                subject,
                open ? AgentLifecycle.State.CONNECTED : AgentLifecycle.State.DISCONNECTED,
                AgentLifecycle.Reason.CHANNEL));
      }
    }
  }

  private void memoryFailure(Subject subject, QmpEvent event) {
    JsonObject flags = Json.child(event.data(), "flags");
    int word =
        (Json.text(flags, "action-required").equals("true") ? 1 : 0)
            | (Json.text(flags, "recursive").equals("true") ? 2 : 0);
    send(
        new MemoryFailure(
            subject,
            word(MemoryFailure.Recipient.class, event.text("recipient").toLowerCase(Locale.ROOT)),
            word(MemoryFailure.Action.class, event.text("action")),
            word));
  }
}
