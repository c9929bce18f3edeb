package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.DeviceVerbs.Force;
import org.virt.api.xml.XmlElement;
import org.virt.model.edit.DeviceEdit;
import org.virt.model.edit.DomainTree;

/** Changes the medium of a drive: tray open, old one out, new one in, tray closed. */
final class MediumChange {
  private static final Duration EJECT_LIMIT = Duration.ofSeconds(5);

  /** How often a guest that boots may reset the drive's bus, which closes the tray untold. */
  private static final int TRIES = 10;

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
      exchange(new Drive(qdev, alias, force), Optional.ofNullable(plan));
      undo.keep();
    } finally {
      SecretFile.deleteAll(run.paths.sockets());
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

  /** A drive, by the path and the alias of its device, and whether a locked tray is opened, too. */
  private record Drive(String qdev, String alias, Force force) {}

  /** Opens the tray and exchanges the medium; again when a reset has closed the tray meanwhile. */
  private void exchange(Drive drive, Optional<PlugPlan> medium) throws VirtException {
    for (int left = TRIES; ; left--) {
      open(drive);
      try {
        run.execute("blockdev-remove-medium", Json.object("id", drive.qdev));
        if (medium.isPresent()) {
          run.execute(
              "blockdev-insert-medium",
              Json.object("id", drive.qdev, "node-name", medium.get().node()));
        }
        return;
      } catch (VirtException e) {
        if (left == 0 || !isClosed(Disks.block(run, drive.alias))) {
          throw e;
        }
      }
    }
  }

  private void open(Drive drive) throws VirtException {
    try (QmpEvents.Wait moved =
        run.events.expect(
            e ->
                e.name().equals("DEVICE_TRAY_MOVED")
                    && Notices.alias(e.text("id")).equals(drive.alias)
                    && e.text("tray-open").equals("true"))) {
      run.execute(
          "blockdev-open-tray", Json.object("id", drive.qdev, "force", drive.force == Force.YES));
      JsonObject block = Disks.block(run, drive.alias);
      boolean locked = Json.text(block, "locked").equals("true");
      if (locked && isClosed(block) && moved.await(EJECT_LIMIT).isEmpty()) {
        throw new VirtException(
            ErrorCode.OPERATION_FAILED,
            "the guest has locked the tray; it was asked to open it (use --force)");
      }
    }
  }

  /** Says whether a drive has a tray that is closed. */
  private static boolean isClosed(JsonObject block) {
    return Json.text(block, "tray_open").equals("false");
  }
}
