package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virt.api.DomainId;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.BlockJobVerbs;
import org.virt.api.domain.TypedParameters;
import org.virt.api.xml.XmlElement;
import org.virt.model.edit.DeviceEdit;

/** Jobs on the disks of one machine, named {@code pull-ALIAS}, {@code copy-ALIAS} and so on. */
final class BlockJobs implements BlockJobVerbs {
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
      if (BlockJobEnd.alias(name).equals(DeviceEdit.alias(disk))) {
        return Optional.of(job.getAsJsonObject());
      }
    }
    return Optional.empty();
  }

  private static JsonObject requireJob(Run run, XmlElement disk) throws VirtException {
    return job(run, disk)
        .orElseThrow(
            () ->
                new VirtException(
                    ErrorCode.INVALID_ARG,
                    "disk " + DeviceEdit.target(disk) + " does not have an active block job"));
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
          JsonObject job = begin(run, of, active ? "activecommit" : "commit");
          if (!active) {
            job.addProperty("top", commit.top());
          }
          String base = commit.base();
          if (flags.contains(CommitFlag.SHALLOW)) {
            base = BlockChain.backing(run, of, commit.top());
          }
          if (!base.isEmpty()) {
            job.addProperty("base", base);
          }
          speed(job, commit.bytesPerSecond());
          String written = base.isEmpty() ? BlockChain.last(run, of) : base;
          host.owners().lend(machine, run, FileUse.written(written));
          List<Path> images = BlockChain.above(run, of, commit.top(), written);
          run.execute("block-commit", job);
          if (flags.contains(CommitFlag.DELETE)) {
            run.committed.put(Json.text(job, "job-id"), images);
          }
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
            BlockCopy copy = BlockCopy.of(run, of, target);
            copy.make(flags, undo);
            host.owners().lend(machine, run, FileUse.written(copy.path()));
            undo.add(() -> host.owners().giveBack(run));
            String node = copy.open(undo);
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
        });
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
    return job.map(BlockJobs::told);
  }

  /**
   * Returns how far a job is. libvirt's users take one that has reached its end for ready: QEMU may
   * be there a moment before it says so.
   */
  private static BlockJob told(JsonObject job) {
    long current = Json.number(job, "offset");
    long end = Json.number(job, "len");
    boolean ready = Json.text(job, "ready").equals("true");
    if (current == end && (ready || end > 0)) {
      end = Math.max(1, end);
      current = ready ? end : end - 1;
    }
    return new BlockJob(
        type(Json.text(job, "device"), Json.text(job, "type")),
        Json.number(job, "speed"),
        current,
        end);
  }

  @Override
  public void blockJobAbort(String disk, Set<AbortFlag> flags) throws VirtException {
    on(
        "end the block job of",
        disk,
        (machine, run, of) ->
            new BlockJobEnd(host, machine, run).abort(of, requireJob(run, of), flags));
  }

  @Override
  public void blockJobSetSpeed(String disk, long bytesPerSecond) throws VirtException {
    on(
        "limit the block job of",
        disk,
        (machine, run, of) -> {
          String name = Json.text(requireJob(run, of), "device");
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
