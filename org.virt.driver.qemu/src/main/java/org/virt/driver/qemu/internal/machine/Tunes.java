package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonObject;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
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
    change(
        "set parameters of",
        affects,
        tree -> Tuning.write(tree, area, parameters),
        Live.impossible("machines have no control group here yet; use --config"));
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
            : Live.impossible("the bandwidth of a running domain's interface cannot be changed");
    change(
        "set parameters of",
        affects,
        tree -> DeviceTuning.write(tree, area, device, parameters),
        live);
  }

  private static void throttle(Run run, String device, TypedParameters parameters)
      throws VirtException {
    DomainTree tree = DomainTree.of(run.xml());
    XmlElement disk =
        DeviceEdit.disk(tree, device)
            .orElseThrow(
                () -> new VirtException(ErrorCode.INVALID_ARG, "no disk '" + device + "'"));
    DeviceTuning.write(tree, DeviceArea.BLOCK_IO, device, parameters);
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
