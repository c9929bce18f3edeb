package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.BlockJobVerbs;
import org.virt.api.domain.TypedParameters;
import org.virt.api.xml.XmlElement;
import org.virt.model.domain.DomainXml;
import org.virt.model.edit.DeviceEdit;
import org.virt.model.edit.DomainTree;

/** Jobs on the disks of one machine, named {@code pull-ALIAS}, {@code copy-ALIAS} and so on. */
final class BlockJobs implements BlockJobVerbs {
  private static final Duration END_LIMIT = Duration.ofSeconds(30);
  private static final Duration CREATE_LIMIT = Duration.ofSeconds(30);

  private final MachineHost host;
  private final DomainId id;

  BlockJobs(MachineHost host, DomainId id) {
    this.host = host;
    this.id = id;
  }

  /** Returns the kind of a job by its name and QEMU's word. */
  static BlockJobType type(String name, String word) {
    if (name.startsWith("activecommit-")) {
      return BlockJobType.ACTIVE_COMMIT;
    }
    return switch (word) {
      case "stream" -> BlockJobType.PULL;
      case "mirror" -> BlockJobType.COPY;
      case "commit" -> BlockJobType.COMMIT;
      case "backup" -> BlockJobType.BACKUP;
      default -> BlockJobType.UNKNOWN;
    };
  }

  /** Something that is done with a disk of a run. */
  @FunctionalInterface
  private interface Work {
    void on(Machine machine, Run run, XmlElement disk) throws VirtException;
  }

  private void on(String action, String name, Work work) throws VirtException {
    Machine machine = host.find(id);
    try (Gate.Pass pass = machine.gate.enter(action)) {
      Run run = machine.active(action);
      work.on(machine, run, Disks.find(run, name));
    } catch (VirtException e) {
      throw Edits.told(action, machine, e);
    }
  }

  private static String image(Run run, XmlElement disk) throws VirtException {
    String node = Disks.node(run, DeviceEdit.alias(disk));
    if (node.isEmpty()) {
      throw new VirtException(
          ErrorCode.OPERATION_INVALID, "disk '" + DeviceEdit.target(disk) + "' has no medium");
    }
    return node;
  }

  private static void requireFree(Run run, XmlElement disk) throws VirtException {
    if (job(run, disk).isPresent()) {
      throw new VirtException(
          ErrorCode.BLOCK_COPY_ACTIVE,
          "disk '" + DeviceEdit.target(disk) + "' already in active block job");
    }
  }

  private static Optional<JsonObject> job(Run run, XmlElement disk) throws VirtException {
    for (JsonElement job : Json.array(run.execute("query-block-jobs"))) {
      String name = Json.text(job, "device");
      if (name.substring(name.indexOf('-') + 1).equals(DeviceEdit.alias(disk))) {
        return Optional.of(job.getAsJsonObject());
      }
    }
    return Optional.empty();
  }

  private static JsonObject begin(Run run, XmlElement disk, String kind) throws VirtException {
    requireFree(run, disk);
    return Json.object("job-id", kind + "-" + DeviceEdit.alias(disk), "device", image(run, disk));
  }

  private static void speed(JsonObject job, long bytesPerSecond) {
    if (bytesPerSecond > 0) {
      job.addProperty("speed", bytesPerSecond);
    }
  }

  @Override
  public void blockPull(String disk, String base, long bytesPerSecond, Set<RebaseFlag> flags)
      throws VirtException {
    on(
        "pull blocks of",
        disk,
        (machine, run, of) -> {
          JsonObject job = begin(run, of, "pull");
          if (!base.isEmpty()) {
            job.addProperty("base", base);
          }
          speed(job, bytesPerSecond);
          run.execute("block-stream", job);
        });
  }

  @Override
  public void blockCommit(String disk, Commit commit, Set<CommitFlag> flags) throws VirtException {
    on(
        "commit blocks of",
        disk,
        (machine, run, of) -> {
          boolean active =
              commit.top().isEmpty()
                  || DeviceEdit.path(of).filter(commit.top()::equals).isPresent();
          if (active && !flags.contains(CommitFlag.ACTIVE)) {
            throw new VirtException(
                ErrorCode.INVALID_ARG,
                "commit of '" + DeviceEdit.target(of) + "' active layer requires active flag");
          }
          if (flags.contains(CommitFlag.DELETE)) {
            throw new VirtException(
                ErrorCode.OPERATION_UNSUPPORTED, "committed images are not deleted here");
          }
          JsonObject job = begin(run, of, active ? "activecommit" : "commit");
          if (!active) {
            job.addProperty("top", commit.top());
          }
          if (!commit.base().isEmpty()) {
            job.addProperty("base", commit.base());
          }
          speed(job, commit.bytesPerSecond());
          run.execute("block-commit", job);
        });
  }

  @Override
  public void blockCopy(String disk, String xml, TypedParameters parameters, Set<CopyFlag> flags)
      throws VirtException {
    XmlElement target = DeviceEdit.parse(xml);
    on(
        "copy blocks of",
        disk,
        (machine, run, of) -> {
          requireFree(run, of);
          try (Undo undo = new Undo()) {
            String node = target(run, of, target, flags, undo);
            JsonObject job = begin(run, of, "copy");
            job.addProperty("target", node);
            job.addProperty("sync", flags.contains(CopyFlag.SHALLOW) ? "top" : "full");
            job.addProperty("auto-dismiss", true);
            if (flags.contains(CopyFlag.SYNCHRONOUS_WRITES)) {
              job.addProperty("copy-mode", "write-blocking");
            }
            parameters.number("bandwidth").ifPresent(n -> speed(job, n));
            parameters.number("granularity").ifPresent(n -> job.addProperty("granularity", n));
            parameters.number("buf-size").ifPresent(n -> job.addProperty("buf-size", n));
            run.execute("blockdev-mirror", job);
            undo.keep();
          }
          run.copies.put(DeviceEdit.alias(of), target);
        });
  }

  /** Makes the image of a copy, unless it is there, and opens it; returns its node. */
  private static String target(
      Run run, XmlElement disk, XmlElement target, Set<CopyFlag> flags, Undo undo)
      throws VirtException {
    String path =
        DeviceEdit.path(target)
            .orElseThrow(
                () -> new VirtException(ErrorCode.INVALID_ARG, "the copy has no file or device"));
    String own = format(disk);
    String format = target.child("driver").map(d -> d.attribute("type")).orElse(own);
    if (!flags.contains(CopyFlag.REUSE_EXT) && "file".equals(target.attribute("type"))) {
      if (Files.exists(Path.of(path))) {
        throw new VirtException(
            ErrorCode.CONFIG_UNSUPPORTED,
            "external destination file '" + path + "' exists already; use --reuse-external");
      }
      create(run, disk, path, format);
      undo.add(() -> MachineFiles.deleteQuietly(Path.of(path)));
    }
    String prefix = "h" + Long.toHexString(System.nanoTime() & 0xffffffffL) + "-copy";
    String driver = "block".equals(target.attribute("type")) ? "host_device" : "file";
    run.execute(
        "blockdev-add",
        Json.object("driver", driver, "filename", path, "node-name", prefix + "-storage"));
    undo.add(() -> PlugPlan.quietly(run, "blockdev-del", "node-name", prefix + "-storage"));
    run.execute(
        "blockdev-add",
        Json.object(
            "driver", format, "file", prefix + "-storage", "node-name", prefix + "-format"));
    undo.add(() -> PlugPlan.quietly(run, "blockdev-del", "node-name", prefix + "-format"));
    return prefix + "-format";
  }

  private static String format(XmlElement disk) {
    String format = disk.child("driver").map(d -> d.attribute("type")).orElse(null);
    return format == null ? "raw" : format;
  }

  private static void create(Run run, XmlElement disk, String path, String format)
      throws VirtException {
    JsonObject image =
        Json.child(Json.child(Disks.block(run, DeviceEdit.alias(disk)), "inserted"), "image");
    long size = Json.number(image, "virtual-size");
    new ImageFile(Path.of(path), format).create(size, CREATE_LIMIT);
  }

  @Override
  public void blockResize(String disk, long bytes) throws VirtException {
    on(
        "resize a disk of",
        disk,
        (machine, run, of) ->
            run.execute("block_resize", Json.object("node-name", image(run, of), "size", bytes)));
  }

  @Override
  public Optional<BlockJob> blockJobInfo(String disk) throws VirtException {
    Run run = host.find(id).active("get the block job of");
    Optional<JsonObject> job = job(run, Disks.find(run, disk));
    return job.map(
        is ->
            new BlockJob(
                type(Json.text(is, "device"), Json.text(is, "type")),
                Json.number(is, "speed"),
                Json.number(is, "offset"),
                Json.number(is, "len")));
  }

  @Override
  public void blockJobAbort(String disk, Set<AbortFlag> flags) throws VirtException {
    on("end the block job of", disk, (machine, run, of) -> abort(machine, run, of, flags));
  }

  private void abort(Machine machine, Run run, XmlElement disk, Set<AbortFlag> flags)
      throws VirtException {
    JsonObject job =
        job(run, disk)
            .orElseThrow(
                () ->
                    new VirtException(
                        ErrorCode.INVALID_ARG,
                        "disk " + DeviceEdit.target(disk) + " does not have an active block job"));
    String name = Json.text(job, "device");
    boolean pivot = flags.contains(AbortFlag.PIVOT);
    boolean mirrors = name.startsWith("copy-") || name.startsWith("activecommit-");
    if (pivot && (!mirrors || !Json.text(job, "ready").equals("true"))) {
      throw new VirtException(
          ErrorCode.BLOCK_COPY_ACTIVE,
          "block job on disk '" + DeviceEdit.target(disk) + "' not ready for pivot yet");
    }
    String before = Disks.node(run, DeviceEdit.alias(disk));
    try (QmpEvents.Wait ended =
        run.events.expect(
            e ->
                e.name().matches("BLOCK_JOB_(COMPLETED|CANCELLED)")
                    && e.text("device").equals(name))) {
      if (pivot) {
        run.execute("job-complete", Json.object("id", name));
      } else {
        // Without force a mirror that is done ends well, both images whole.
        run.execute("block-job-cancel", Json.object("device", name));
      }
      if (!flags.contains(AbortFlag.ASYNC) && ended.await(END_LIMIT).isEmpty()) {
        throw new VirtException(ErrorCode.OPERATION_TIMEOUT, "the block job does not end");
      }
    }
    if (mirrors) {
      settle(machine, run, disk, pivot, before);
    }
  }

  /** After a mirror: one of both images is in use, the other one is let go. */
  private void settle(Machine machine, Run run, XmlElement disk, boolean pivot, String before)
      throws VirtException {
    String alias = DeviceEdit.alias(disk);
    XmlElement copy = run.copies.remove(alias);
    DomainTree tree = DomainTree.of(run.secretXml());
    XmlElement live = DeviceEdit.alias(tree, alias);
    String now = Disks.node(run, alias);
    if (pivot && copy != null) {
      live.set("type", copy.attribute("type"));
      live.child("source").ifPresent(live::remove);
      copy.child("source").ifPresent(live::append);
      copy.child("driver")
          .map(d -> d.attribute("type"))
          .ifPresent(type -> live.make("driver").set("type", type));
    } else if (pivot) {
      String base =
          Json.text(
              Json.child(Json.child(Disks.block(run, alias), "inserted"), "image"), "filename");
      live.make("source").set("file", base);
    }
    if (pivot) {
      live.child("backingStore").ifPresent(live::remove);
      run.replace(DomainXml.parse(tree.xml()));
      host.states().save(machine, run, RunState.Phase.RUNNING);
    }
    if (pivot && !now.equals(before)) {
      Unplugger.removeNodes(run, before);
    } else if (!pivot && copy != null) {
      dropCopy(run);
    }
  }

  /** Lets go of the images of copies that nobody uses. */
  private static void dropCopy(Run run) throws VirtException {
    for (JsonElement node :
        Json.array(run.execute("query-named-block-nodes", Json.object("flat", true)))) {
      String name = Json.text(node, "node-name");
      if (name.endsWith("-copy-format")) {
        Unplugger.removeNodes(run, name);
      }
    }
  }

  @Override
  public void blockJobSetSpeed(String disk, long bytesPerSecond) throws VirtException {
    on(
        "limit the block job of",
        disk,
        (machine, run, of) -> {
          Optional<JsonObject> job = job(run, of);
          String name =
              job.map(is -> Json.text(is, "device"))
                  .orElseThrow(
                      () ->
                          new VirtException(
                              ErrorCode.INVALID_ARG, "the disk does not have an active block job"));
          run.execute("block-job-set-speed", Json.object("device", name, "speed", bytesPerSecond));
        });
  }

  @Override
  public void setBlockThreshold(String node, long bytes) throws VirtException {
    on(
        "watch a disk of",
        node.replaceFirst("\\[.*", ""),
        (machine, run, of) ->
            run.execute(
                "block-set-write-threshold",
                Json.object("node-name", image(run, of), "write-threshold", bytes)));
  }
}
