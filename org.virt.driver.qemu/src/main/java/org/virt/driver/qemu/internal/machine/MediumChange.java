package org.virt.driver.qemu.internal.machine;

import java.time.Duration;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.DeviceVerbs.Force;
import org.virt.api.xml.XmlElement;
import org.virt.model.edit.DeviceEdit;
import org.virt.model.edit.DomainTree;

/** Changes the medium of a drive: tray open, old one out, new one in, tray closed. */
final class MediumChange {
  private static final Duration EJECT_LIMIT = Duration.ofSeconds(5);

  private final Machine machine;
  private final Run run;
  private final Plugger plugger;

  MediumChange(Machine machine, Run run, Plugger plugger) {
    this.machine = machine;
    this.run = run;
    this.plugger = plugger;
  }

  /** Changes it, and returns the drive as it is then. */
  XmlElement change(DomainTree tree, XmlElement old, XmlElement wanted, Force force)
      throws VirtException {
    String device = old.attribute("device");
    if (!"cdrom".equals(device) && !"floppy".equals(device)) {
      throw new VirtException(
          ErrorCode.OPERATION_UNSUPPORTED,
          "of a running domain's disk only the medium of a drive can be changed");
    }
    String alias = DeviceEdit.alias(old);
    String qdev = Disks.qdev(run, alias);
    String before = Disks.node(run, alias);
    XmlElement next = next(tree, old, wanted);
    try (Undo undo = new Undo()) {
      PlugPlan plan = null;
      if (DeviceEdit.path(next).isPresent()) {
        plugger.lend(machine, run, FileUse.of(next), undo);
        plan = plugger.medium(run, tree, next);
        plan.backEnds(run, undo);
      }
      open(qdev, alias, force);
      run.execute("blockdev-remove-medium", Json.object("id", qdev));
      if (plan != null) {
        run.execute("blockdev-insert-medium", Json.object("id", qdev, "node-name", plan.node()));
      }
      undo.keep();
    } finally {
      run.execute("blockdev-close-tray", Json.object("id", qdev));
    }
    if (!before.isEmpty()) {
      Unplugger.removeNodes(run, before);
    }
    return next;
  }

  /** Returns the drive with the other medium: only that, and what goes with it, is taken over. */
  private static XmlElement next(DomainTree tree, XmlElement old, XmlElement wanted)
      throws VirtException {
    XmlElement next = DeviceEdit.alias(DomainTree.of(tree.xml()), DeviceEdit.alias(old));
    for (String part : new String[] {"source", "backingStore"}) {
      next.child(part).ifPresent(next::remove);
    }
    wanted.child("source").ifPresent(next::append);
    if (wanted.attribute("type") != null) {
      next.set("type", wanted.attribute("type"));
    }
    wanted
        .child("driver")
        .map(driver -> driver.attribute("type"))
        .ifPresent(type -> next.make("driver").set("type", type));
    return next;
  }

  private void open(String qdev, String alias, Force force) throws VirtException {
    try (QmpEvents.Wait moved =
        run.events.expect(
            e ->
                e.name().equals("DEVICE_TRAY_MOVED")
                    && Notices.alias(e.text("id")).equals(alias)
                    && e.text("tray-open").equals("true"))) {
      run.execute("blockdev-open-tray", Json.object("id", qdev, "force", force == Force.YES));
      boolean open = Json.text(Disks.block(run, alias), "tray_open").equals("true");
      if (!open && Disks.block(run, alias).has("tray_open") && moved.await(EJECT_LIMIT).isEmpty()) {
        throw new VirtException(
            ErrorCode.OPERATION_FAILED,
            "the guest has locked the tray; it was asked to open it (use --force)");
      }
    }
  }
}
