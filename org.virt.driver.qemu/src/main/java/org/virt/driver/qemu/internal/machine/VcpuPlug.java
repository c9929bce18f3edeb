package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.qmp.QmpEvent;

/** Plugs virtual CPUs of a run in and out. */
final class VcpuPlug {
  private static final Duration UNPLUG_LIMIT = Duration.ofSeconds(5);
  private static final Comparator<JsonElement> ORDER =
      Comparator.<JsonElement>comparingLong(slot -> prop(slot, "socket-id"))
          .thenComparingLong(slot -> prop(slot, "die-id"))
          .thenComparingLong(slot -> prop(slot, "core-id"))
          .thenComparingLong(slot -> prop(slot, "thread-id"));

  private final Run run;

  VcpuPlug(Run run) {
    this.run = run;
  }

  private static long prop(JsonElement slot, String name) {
    return Json.number(Json.child(slot, "props"), name);
  }

  private List<JsonElement> slots() throws VirtException {
    List<JsonElement> slots = new ArrayList<>();
    Json.array(run.execute("query-hotpluggable-cpus")).forEach(slots::add);
    slots.sort(ORDER);
    return slots;
  }

  private static boolean isThere(JsonElement slot) {
    return !Json.text(slot, "qom-path").isEmpty();
  }

  /** Plugs in or out until there are as many. */
  void count(int wanted) throws VirtException {
    List<JsonElement> slots = slots();
    long there = slots.stream().filter(VcpuPlug::isThere).count();
    for (int i = 0; i < slots.size() && there < wanted; i++) {
      if (!isThere(slots.get(i))) {
        plug(slots.get(i), i);
        there++;
      }
    }
    for (int i = slots.size() - 1; i >= 0 && there > wanted; i--) {
      if (isThere(slots.get(i))) {
        unplug(slots.get(i), i);
        there--;
      }
    }
  }

  private void plug(JsonElement slot, int number) throws VirtException {
    JsonObject device = Json.object("driver", Json.text(slot, "type"), "id", "vcpu" + number);
    JsonObject props = Json.child(slot, "props");
    props.keySet().forEach(name -> device.add(name, props.get(name)));
    run.execute("device_add", device);
  }

  private void unplug(JsonElement slot, int number) throws VirtException {
    String alias = Notices.alias(Json.text(slot, "qom-path"));
    if (!Json.text(slot, "qom-path").startsWith("/machine/peripheral/")) {
      throw new VirtException(
          ErrorCode.OPERATION_INVALID,
          "vcpu " + number + " was there at the start, it cannot be unplugged");
    }
    try (QmpEvents.Wait gone =
        run.events.expect(
            e -> e.name().equals("DEVICE_DELETED") && e.text("device").equals(alias))) {
      run.execute("device_del", Json.object("id", alias));
      Optional<QmpEvent> event = gone.await(UNPLUG_LIMIT);
      if (event.isEmpty()) {
        throw new VirtException(
            ErrorCode.OPERATION_TIMEOUT, "vcpu unplug request timed out: the guest keeps it");
      }
    }
  }
}
