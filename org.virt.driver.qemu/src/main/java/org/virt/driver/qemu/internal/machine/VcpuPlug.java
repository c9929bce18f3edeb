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
import org.virt.api.domain.VcpuVerbs.Plug;
import org.virt.driver.qemu.internal.qmp.QmpEvent;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.DomainXml;
import org.virt.model.edit.DomainTree;
import org.virt.model.edit.Vcpus;
import org.virt.model.edit.Vcpus.Vcpu;

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

  /** Plugs those in that come after the start of a machine. */
  void start() throws VirtException {
    if (!Vcpus.areListed(run.live.tree())) {
      return;
    }
    DomainTree tree = DomainTree.of(run.live.secretXml());
    List<JsonElement> slots = slots();
    for (Vcpu vcpu : Vcpus.later(tree)) {
      plug(slots.get(vcpu.number()), vcpu.number());
    }
    Vcpus.number(tree);
    take(tree);
  }

  /** Plugs in and out until there are those that a changed configuration tells. */
  void become(DomainTree wanted) throws VirtException {
    List<JsonElement> slots = slots();
    List<Vcpu> before = Vcpus.of(run.live.tree());
    for (Vcpu vcpu : Vcpus.of(wanted)) {
      int number = vcpu.number();
      if (before.get(number).enabled() != vcpu.enabled()) {
        if (vcpu.enabled()) {
          plug(slots.get(number), number);
        } else {
          unplug(slots.get(number));
        }
        DomainTree tree = DomainTree.of(run.live.secretXml());
        Vcpus.set(tree, vcpu.enabled() ? Plug.IN : Plug.OUT, number);
        take(tree); // one that does not come or go does not hide those that did
      }
    }
  }

  private void take(DomainTree tree) throws VirtException {
    DomainConfig config = DomainXml.parse(tree.xml());
    config.id = run.live.config().id;
    run.live.replace(config);
  }

  private void plug(JsonElement slot, int number) throws VirtException {
    JsonObject device = Json.object("driver", Json.text(slot, "type"), "id", "vcpu" + number);
    JsonObject props = Json.child(slot, "props");
    props.keySet().forEach(name -> device.add(name, props.get(name)));
    run.execute("device_add", device);
  }

  private void unplug(JsonElement slot) throws VirtException {
    String alias = Notices.alias(Json.text(slot, "qom-path"));
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
