package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonObject;
import java.util.Optional;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.CpuSet;
import org.virt.api.domain.TuningVerbs;
import org.virt.api.domain.TypedParameter;
import org.virt.api.domain.TypedParameters;
import org.virt.api.xml.XmlElement;
import org.virt.model.edit.DeviceEdit;
import org.virt.model.edit.DeviceTuning;
import org.virt.model.edit.DomainTree;
import org.virt.model.edit.Tuning;

/** The share of one machine of the host; a disk's limits are QEMU's own work. */
final class Tunes extends Edits implements TuningVerbs {
  Tunes(MachineHost host, DomainId id) {
    super(host, id);
  }

  @Override
  public String schedulerType() {
    return "posix";
  }

  @Override
  public TypedParameters parameters(Area area, Affects affects) throws VirtException {
    return look("get parameters of", affects, tree -> Tuning.read(tree, area));
  }

  @Override
  public void setParameters(Area area, TypedParameters parameters, Affects affects)
      throws VirtException {
    Live live =
        switch (area) {
          case NUMA -> run -> moveMemory(run, parameters);
          case PERF -> Live.impossible("events of a running domain are not counted");
          default -> run -> share(run, area, parameters);
        };
    change("set parameters of", affects, tree -> Tuning.write(tree, area, parameters), live);
  }

  /** Moves the memory of a run: its nodes may change, not how it is spread over them. */
  private void moveMemory(Run run, TypedParameters parameters) throws VirtException {
    TypedParameters now = Tuning.read(run.live.tree(), Area.NUMA);
    long mode = now.number("numa_mode").orElse(0L);
    if (parameters.number("numa_mode").orElse(mode) != mode) {
      throw new VirtException(
          ErrorCode.OPERATION_INVALID, "can't change numatune mode for running domain");
    }
    Optional<String> nodes = parameters.string("numa_nodeset").filter(text -> !text.isEmpty());
    if (nodes.isEmpty()) {
      return;
    }
    if (mode != 0) {
      throw new VirtException(
          ErrorCode.OPERATION_INVALID,
          "change of nodeset for running domain requires strict numa mode");
    }
    host.groups().moveMemory(run, CpuSet.parse(nodes.get()));
    CpuVerbs.pinAll(run); // who enters a group may run wherever the group may
  }

  private void share(Run run, Area area, TypedParameters parameters) throws VirtException {
    DomainTree tree = DomainTree.of(run.live.secretXml());
    Tuning.write(tree, area, parameters);
    host.groups().change(run, tree, area);
  }

  @Override
  public TypedParameters deviceParameters(DeviceArea area, String device, Affects affects)
      throws VirtException {
    return look("get parameters of", affects, tree -> DeviceTuning.read(tree, area, device));
  }

  @Override
  public void setDeviceParameters(
      DeviceArea area, String device, TypedParameters parameters, Affects affects)
      throws VirtException {
    Live live =
        area == DeviceArea.BLOCK_IO
            ? run -> throttle(run, device, parameters)
            : run -> bandwidth(run, device, parameters);
    change(
        "set parameters of",
        affects,
        tree -> DeviceTuning.write(tree, area, device, parameters),
        live);
  }

  private static void bandwidth(Run run, String device, TypedParameters parameters)
      throws VirtException {
    DomainTree tree = DomainTree.of(run.live.xml());
    DeviceTuning.write(tree, DeviceArea.INTERFACE, device, parameters);
    XmlElement card = DeviceEdit.networkInterface(tree, device).orElseThrow();
    Port port =
        run.ports.stream()
            .filter(p -> p.alias().equals(DeviceEdit.alias(card)))
            .findFirst()
            .orElseThrow(
                () ->
                    new VirtException(
                        ErrorCode.OPERATION_UNSUPPORTED,
                        "only the bandwidth of an interface of the host is limited"));
    XmlElement before = DeviceEdit.alias(DomainTree.of(run.live.xml()), port.alias());
    Bandwidth.of(card).replace(Bandwidth.of(before), port.name());
  }

  private static void throttle(Run run, String device, TypedParameters parameters)
      throws VirtException {
    DomainTree tree = DomainTree.of(run.live.xml());
    DeviceTuning.write(tree, DeviceArea.BLOCK_IO, device, parameters);
    throttle(run, tree, DeviceEdit.disk(tree, device).orElseThrow());
  }

  /** Limits the disks of a run that starts, or one that is plugged in, as they are to be. */
  static void throttle(Run run, DomainTree tree) throws VirtException {
    for (XmlElement device : DeviceEdit.all(tree)) {
      if (device.name().equals("disk") && device.child("iotune").isPresent()) {
        throttle(run, tree, device);
      }
    }
  }

  private static void throttle(Run run, DomainTree tree, XmlElement disk) throws VirtException {
    String device = DeviceEdit.target(disk);
    JsonObject limits = Json.object("id", Disks.qdev(run, DeviceEdit.alias(disk)));
    for (TypedParameter p : DeviceTuning.read(tree, DeviceArea.BLOCK_IO, device).list()) {
      limit(limits, p);
    }
    run.execute("block_set_io_throttle", limits);
  }

  /** Turns libvirt's names into QEMU's: {@code total_bytes_sec_max} is {@code bps_max}. */
  private static void limit(JsonObject limits, TypedParameter p) {
    if (p.name().equals("group_name")) {
      if (!p.text().isEmpty()) {
        limits.addProperty("group", p.text());
      }
      return;
    }
    String name =
        p.name()
            .replaceFirst("^total_(bytes|iops)_sec", "$1")
            .replaceFirst("^(read|write)_(bytes|iops)_sec", "$2_$1")
            .replaceFirst("^size_iops_sec", "iops_size")
            .replaceFirst("^bytes", "bps")
            .replace("_read", "_rd")
            .replace("_write", "_wr");
    boolean length = name.endsWith("_max_length");
    if (length && p.number() == 0) {
      return;
    }
    limits.addProperty(name, p.number());
  }
}
