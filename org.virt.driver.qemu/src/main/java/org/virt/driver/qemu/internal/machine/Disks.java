package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;
import org.virt.model.edit.DeviceEdit;
import org.virt.model.edit.DomainTree;

/** How QEMU names the disks of a run. */
final class Disks {
  private Disks() {}

  /** Finds a disk of a run by target or source. */
  static XmlElement find(Run run, String name) throws VirtException {
    return DeviceEdit.disk(DomainTree.of(run.live.xml()), name)
        .orElseThrow(
            () ->
                new VirtException(
                    ErrorCode.INVALID_ARG,
                    "invalid path: disk '" + name + "' was not found in the domain"));
  }

  /** Returns what {@code query-block} says of a disk, by its alias. */
  static JsonObject block(Run run, String alias) throws VirtException {
    for (JsonElement block : Json.array(run.execute("query-block"))) {
      if (alias.equals(Notices.alias(Json.text(block, "qdev")))) {
        return block.getAsJsonObject();
      }
    }
    throw new VirtException(
        ErrorCode.OPERATION_FAILED, "QEMU has no disk '" + alias + "' any more");
  }

  /** Returns the path of a disk's device in QEMU's object model. */
  static String qdev(Run run, String alias) throws VirtException {
    return Json.text(block(run, alias), "qdev");
  }

  /** Returns the node of a disk's image; empty for a drive without medium. */
  static String node(Run run, String alias) throws VirtException {
    return Json.text(Json.child(block(run, alias), "inserted"), "node-name");
  }
}
