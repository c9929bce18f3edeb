package org.virt.driver.qemu.internal.machine;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.BlockJobVerbs.AbortFlag;
import org.virt.api.xml.XmlElement;
import org.virt.driver.qemu.internal.qmp.QmpEvent;
import org.virt.model.domain.DomainXml;
import org.virt.model.edit.DeviceEdit;
import org.virt.model.edit.DomainTree;

/**
 * Ends jobs on disks, and has run and definition say what is true then: which image is the active
 * one, and that those behind it are others. The caller has the machine's gate.
 */
record BlockJobEnd(MachineHost host, Machine machine, Run run) {
  private static final Logger LOG = LoggerFactory.getLogger(BlockJobEnd.class);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** Says whether an event tells the end of a job. */
  static boolean isEnd(QmpEvent event) {
    return event.name().matches("BLOCK_JOB_(COMPLETED|CANCELLED)");
  }

  /** Returns the alias of a job's disk: jobs are named {@code pull-ALIAS} and so on. */
  static String alias(String job) {
    return job.substring(job.indexOf('-') + 1);
  }

  /** Ends a job as it is asked for. */
  void abort(XmlElement disk, JsonObject job, Set<AbortFlag> flags) throws VirtException {
    String name = Json.text(job, "device");
    boolean pivot = flags.contains(AbortFlag.PIVOT);
    boolean mirrors = name.startsWith("copy-") || name.startsWith("activecommit-");
    if (pivot && (!mirrors || !Json.text(job, "ready").equals("true"))) {
      throw new VirtException(
          ErrorCode.BLOCK_COPY_ACTIVE,
          "block job on disk '" + DeviceEdit.target(disk) + "' not ready for pivot yet");
    }
    try (QmpEvents.Wait ended = run.events.expect(e -> isEnd(e) && e.text("device").equals(name))) {
      if (pivot) {
        run.execute("job-complete", Json.object("id", name));
      } else {
        // Without force a mirror that is done ends well, both images whole.
        run.execute("block-job-cancel", Json.object("device", name));
      }
      if (flags.contains(AbortFlag.ASYNC)) {
        return; // settled once QEMU tells of the end
      }
      Optional<QmpEvent> end = ended.await(LIMIT);
      if (end.isEmpty()) {
        throw new VirtException(ErrorCode.OPERATION_TIMEOUT, "the block job does not end");
      }
      settle(name);
      if (pivot && end.get().data().has("error")) {
        throw new VirtException(
            ErrorCode.OPERATION_FAILED, "the block job failed: " + end.get().text("error"));
      }
    }
  }

  /** As {@link #settle}, for a job whose end nobody waits for. */
  void settleLater(String job) {
    try (Gate.Pass pass = machine.gate.enter("end the block job of")) {
      settle(job);
    } catch (VirtException e) {
      LOG.warn("domain {}: end of block job {}: {}", machine.name, job, e.getMessage());
    }
  }

  /** Brings what is kept in line with what QEMU has open, now that a job has ended. */
  private void settle(String job) throws VirtException {
    if (machine.run() != run || run.dead.isDone()) {
      return;
    }
    String alias = alias(job);
    DomainTree live = DomainTree.of(run.live.secretXml());
    XmlElement disk = DeviceEdit.alias(live, alias);
    Optional<String> before = DeviceEdit.path(disk);
    JsonObject block = Disks.block(run, alias);
    if (isKnown(disk, block)) {
      BlockChain.forget(disk);
    } else {
      BlockChain.activate(disk, block);
    }
    run.live.replace(DomainXml.parse(live.xml()));
    host.states().save(machine, run, RunState.Phase.RUNNING);
    settleKept(disk, before, block);
    closeUnused(before);
    host.owners().giveBack(run);
    delete(job);
  }

  /** Deletes what a commit has made needless; after one that failed it is still open. */
  private void delete(String job) throws VirtException {
    List<Path> images = new ArrayList<>(run.committed.getOrDefault(job, List.of()));
    run.committed.remove(job);
    if (!images.isEmpty()) {
      images.removeAll(BlockChain.open(run));
      images.forEach(MachineFiles::deleteQuietly);
    }
  }

  /** Says whether a disk's element names the image that is in use, as far as images have paths. */
  private static boolean isKnown(XmlElement disk, JsonObject block) {
    String file = Json.text(Json.child(Json.child(block, "inserted"), "image"), "filename");
    Optional<String> path = DeviceEdit.path(disk);
    return !file.startsWith("/") || path.isEmpty() || path.get().equals(file);
  }

  /** As {@link #settle}, for jobs that ended while no runtime was there. */
  void settleMissed() throws VirtException {
    for (XmlElement disk : DeviceEdit.all(DomainTree.of(run.live.secretXml()))) {
      String alias = DeviceEdit.alias(disk);
      boolean changed =
          disk.name().equals("disk")
              && DeviceEdit.path(disk).isPresent()
              && !isKnown(disk, Disks.block(run, alias));
      if (changed) {
        settle("missed-" + alias);
      }
    }
  }

  /** Has the next start use the same images, if it would have used those of this run. */
  private void settleKept(XmlElement live, Optional<String> before, JsonObject block)
      throws VirtException {
    if (machine.definition() == null) {
      return;
    }
    DomainTree tree = DomainTree.of(machine.definition().xml());
    Optional<XmlElement> kept = DeviceEdit.disk(tree, DeviceEdit.target(live));
    if (kept.isEmpty() || !DeviceEdit.path(kept.get()).equals(before)) {
      return;
    }
    if (DeviceEdit.path(live).equals(before)) {
      BlockChain.forget(kept.get());
    } else {
      BlockChain.activate(kept.get(), block);
    }
    host.definitions().replace(machine, DomainXml.parse(tree.xml()));
  }

  /** Lets go of a copy, and of the image before, when no device uses it any more. */
  private void closeUnused(Optional<String> before) throws VirtException {
    Set<String> used = new HashSet<>();
    for (JsonElement block : Json.array(run.execute("query-block"))) {
      used.add(Json.text(Json.child(block, "inserted"), "node-name"));
    }
    for (JsonElement node : BlockChain.nodes(run)) {
      String name = Json.text(node, "node-name");
      boolean old = name.endsWith("-format") && before.equals(Optional.of(Json.text(node, "file")));
      if (!used.contains(name) && (old || name.endsWith(BlockCopy.NODE))) {
        close(name);
      }
    }
  }

  /** Closes a node; QEMU refuses it for one that is behind another, or in use by a job. */
  private void close(String node) {
    try {
      Unplugger.removeNodes(run, node);
    } catch (VirtException e) {
      LOG.debug("domain {}: {} stays open: {}", machine.name, node, e.getMessage());
    }
  }
}
