package org.virt.shell.internal.commands;

import static org.virt.shell.internal.command.Invocation.attempt;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.virt.api.domain.BlockJobVerbs;
import org.virt.api.domain.BlockJobVerbs.AbortFlag;
import org.virt.api.domain.BlockJobVerbs.BlockJob;
import org.virt.api.domain.BlockJobVerbs.Commit;
import org.virt.api.domain.BlockJobVerbs.CommitFlag;
import org.virt.api.domain.BlockJobVerbs.CopyFlag;
import org.virt.api.domain.BlockJobVerbs.RebaseFlag;
import org.virt.api.domain.TypedParameters;
import org.virt.api.xml.XmlElement;
import org.virt.shell.internal.command.Arguments;
import org.virt.shell.internal.command.Command;
import org.virt.shell.internal.command.CommandException;
import org.virt.shell.internal.command.Invocation;
import org.virt.shell.internal.command.Parameter.Values;
import org.virt.shell.internal.command.UsageException;

/** Commands about jobs on the disks of machines. */
public final class BlockJobCommands {
  static final String PATH = "path";
  private static final String BANDWIDTH = "bandwidth";
  private static final long MIB = 1 << 20;
  private static final long KIB = 1 << 10;

  /** Returns the commands. */
  public List<Command> commands() {
    return List.of(
        waiting(disk("blockpull", "fill a disk from its backing images"))
            .optional(BANDWIDTH, "limit, MiB/s", Values.NOTHING)
            .optional("base", "image to stop at", Values.NOTHING)
            .flag("keep-relative", "keep relative names of backing images")
            .does(this::pull),
        waiting(disk("blockcommit", "write a disk into a backing image"))
            .optional(BANDWIDTH, "limit, MiB/s", Values.NOTHING)
            .optional("base", "image that is written to; the lowest if not given", Values.NOTHING)
            .flag("shallow", "to the next image only")
            .optional("top", "image that is written; the active one if not given", Values.NOTHING)
            .flag("active", "the active image, which takes a pivot")
            .flag("delete", "delete what was written")
            .flag("pivot", "wait, then use the lower image")
            .flag("keep-overlay", "wait, then keep the upper image")
            .flag("keep-relative", "keep relative names of backing images")
            .does(this::commit),
        waiting(disk("blockcopy", "copy a disk"))
            .optional("dest", "path of the copy", Values.FILE)
            .option(BANDWIDTH, "limit, MiB/s", Values.NOTHING)
            .flag("shallow", "without its backing images")
            .flag("reuse-external", "the copy exists already")
            .flag("pivot", "wait, then use the copy")
            .flag("finish", "wait, then use the source")
            .option("xml", "file with an element disk in place of a path", Values.FILE)
            .option("format", "format of the copy", Values.NOTHING)
            .option("granularity", "granularity, bytes", Values.NOTHING)
            .option("buf-size", "data in flight, bytes", Values.NOTHING)
            .flag("blockdev", "the copy is a block device")
            .flag("transient-job", "the job need not survive the domain")
            .flag("synchronous-writes", "write to source and copy at once")
            .does(this::copy),
        disk("blockjob", "show or end the job of a disk")
            .flag("abort", "end it")
            .flag("async", "do not wait for its end")
            .flag("pivot", "end it, and use the new image")
            .flag("info", "show it")
            .flag("raw", "as numbers")
            .flag("bytes", "limits in bytes")
            .optional(BANDWIDTH, "set its limit, MiB/s", Values.NOTHING)
            .does(this::job),
        disk("blockresize", "change the size of a disk of an active domain")
            .argument("size", "KiB, or with a unit such as 20G", Values.NOTHING)
            .does(this::resize),
        Verbs.domain("domblkthreshold", "tell once a disk is written beyond an offset")
            .argument("dev", "target, such as vda or vda[1]", Values.NOTHING)
            .argument("threshold", "bytes, or with a unit", Values.NOTHING)
            .does(this::threshold));
  }

  private static Command.Builder disk(String name, String summary) {
    return Verbs.domain(name, summary).argument(PATH, "target or source", Values.NOTHING);
  }

  private static Command.Builder waiting(Command.Builder command) {
    return command
        .flag("wait", "wait for its end")
        .flag("verbose", "and show how far it is")
        .option("timeout", "seconds to wait at most, then it is ended", Values.NOTHING)
        .flag("async", "do not wait for its end when it is ended")
        .flag("bytes", "limits in bytes");
  }

  private static long bandwidth(Invocation call) throws UsageException {
    Optional<String> given = call.arguments().value(BANDWIDTH);
    long scale = call.arguments().has("bytes") ? 1 : MIB;
    return given.isEmpty() ? 0 : Verbs.bytes(BANDWIDTH, given.get(), scale);
  }

  private static BlockJobVerbs verbs(Invocation call) throws CommandException {
    return Verbs.of(call, BlockJobVerbs.class);
  }

  private void pull(Invocation call) throws Exception {
    Arguments given = call.arguments();
    String path = given.required(PATH);
    Set<RebaseFlag> flags = EnumSet.noneOf(RebaseFlag.class);
    if (given.has("keep-relative")) {
      flags.add(RebaseFlag.RELATIVE);
    }
    BlockJobVerbs verbs = verbs(call);
    verbs.blockPull(path, given.value("base").orElse(""), bandwidth(call), flags);
    finish(call, verbs, "Block Pull", "Pull complete");
  }

  private void commit(Invocation call) throws Exception {
    Arguments given = call.arguments();
    String path = given.required(PATH);
    Set<CommitFlag> flags = EnumSet.noneOf(CommitFlag.class);
    for (CommitFlag flag : List.of(CommitFlag.SHALLOW, CommitFlag.DELETE, CommitFlag.ACTIVE)) {
      if (given.has(flag.name().toLowerCase(Locale.ROOT))) {
        flags.add(flag);
      }
    }
    if (given.has("pivot") || given.has("keep-overlay")) {
      flags.add(CommitFlag.ACTIVE);
    }
    if (given.has("keep-relative")) {
      flags.add(CommitFlag.RELATIVE);
    }
    Commit commit =
        new Commit(given.value("base").orElse(""), given.value("top").orElse(""), bandwidth(call));
    BlockJobVerbs verbs = verbs(call);
    verbs.blockCommit(path, commit, flags);
    boolean active = flags.contains(CommitFlag.ACTIVE);
    finish(
        call,
        verbs,
        active ? "Active Block Commit" : "Block Commit",
        active ? "Now in synchronized phase" : "Commit complete");
  }

  private void copy(Invocation call) throws Exception {
    Arguments given = call.arguments();
    String path = given.required(PATH);
    Set<CopyFlag> flags = EnumSet.noneOf(CopyFlag.class);
    if (given.has("shallow")) {
      flags.add(CopyFlag.SHALLOW);
    }
    if (given.has("reuse-external")) {
      flags.add(CopyFlag.REUSE_EXT);
    }
    if (given.has("transient-job")) {
      flags.add(CopyFlag.TRANSIENT_JOB);
    }
    if (given.has("synchronous-writes")) {
      flags.add(CopyFlag.SYNCHRONOUS_WRITES);
    }
    TypedParameters.Builder set = TypedParameters.builder();
    if (given.value(BANDWIDTH).isPresent()) {
      set.ullong(BANDWIDTH, bandwidth(call));
    }
    Verbs.number(call, "granularity").ifPresent(n -> set.uint("granularity", n));
    Verbs.number(call, "buf-size").ifPresent(n -> set.ullong("buf-size", n));
    String xml = given.value("xml").isPresent() ? call.file("xml") : destination(given);
    BlockJobVerbs verbs = verbs(call);
    verbs.blockCopy(path, xml, set.build(), flags);
    finish(call, verbs, "Block Copy", "Now in mirroring phase");
  }

  private static String destination(Arguments given) throws CommandException {
    String dest =
        given.value("dest").orElseThrow(() -> new CommandException("need either --dest or --xml"));
    XmlElement disk = new XmlElement("", "disk");
    boolean block = given.has("blockdev");
    disk.set("type", block ? "block" : "file");
    disk.make("source").set(block ? "dev" : "file", dest);
    given.value("format").ifPresent(format -> disk.make("driver").set("type", format));
    return DeviceCommands.print(disk);
  }

  /** Waits for the end of a job, when that is wanted. */
  private static void finish(Invocation call, BlockJobVerbs verbs, String name, String done)
      throws Exception {
    Arguments given = call.arguments();
    boolean pivot = has(call, "pivot");
    boolean keep = has(call, "keep-overlay") || has(call, "finish");
    if (!given.has("wait") && !given.has("timeout") && !pivot && !keep && !given.has("verbose")) {
      call.confirm(name + " started");
      return;
    }
    boolean ready = BlockJobWait.isReady(call, verbs, name);
    if (!ready) {
      call.confirm("\n" + (done.startsWith("Now") ? name + " complete" : done));
      return;
    }
    if (!pivot && !keep) {
      call.confirm("\n" + done);
      return;
    }
    String path = given.required(PATH);
    attempt(
        "failed to " + (pivot ? "pivot" : "finish") + " job for disk " + path,
        () -> verbs.blockJobAbort(path, pivot ? Set.of(AbortFlag.PIVOT) : Set.of()));
    call.confirm(pivot ? "\nSuccessfully pivoted" : "\nSuccessfully finished");
  }

  private static boolean has(Invocation call, String flag) {
    return call.command().parameter(flag).isPresent() && call.arguments().has(flag);
  }

  static String percent(BlockJob job) {
    double part = job.end() == 0 ? 0 : 100.0 * job.current() / job.end();
    return String.format(Locale.ROOT, "%3.2f", part);
  }

  private void job(Invocation call) throws Exception {
    Arguments given = call.arguments();
    String path = given.required(PATH);
    BlockJobVerbs verbs = verbs(call);
    if (given.has("abort") || given.has("pivot")) {
      Set<AbortFlag> flags = EnumSet.noneOf(AbortFlag.class);
      if (given.has("pivot")) {
        flags.add(AbortFlag.PIVOT);
      }
      if (given.has("async")) {
        flags.add(AbortFlag.ASYNC);
      }
      verbs.blockJobAbort(path, flags);
      return;
    }
    if (given.value(BANDWIDTH).isPresent()) {
      verbs.blockJobSetSpeed(path, bandwidth(call));
      return;
    }
    show(call, path, verbs.blockJobInfo(path));
  }

  private static void show(Invocation call, String path, Optional<BlockJob> job) {
    if (job.isEmpty()) {
      call.confirm("No current block job for " + path);
      return;
    }
    BlockJob is = job.get();
    if (call.arguments().has("raw")) {
      call.out().println(" type=" + is.type().text());
      call.out().println(" bandwidth=" + is.bytesPerSecond());
      call.out().println(" cur=" + is.current());
      call.out().println(" end=" + is.end());
      return;
    }
    String limit =
        is.bytesPerSecond() == 0
            ? ""
            : "    Bandwidth limit: %d bytes/s (%s)"
                .formatted(
                    is.bytesPerSecond(),
                    String.format(Locale.ROOT, "%.3f MiB/s", is.bytesPerSecond() / (double) MIB));
    call.out().println(is.type().text() + ": [" + percent(is) + " %]" + limit);
  }

  private void resize(Invocation call) throws Exception {
    String path = call.arguments().required(PATH);
    long bytes = Verbs.bytes("size", call.arguments().required("size"), KIB);
    BlockJobVerbs verbs = verbs(call);
    attempt("Failed to resize block device '" + path + "'", () -> verbs.blockResize(path, bytes));
    call.confirm("Block device '" + path + "' is resized");
  }

  private void threshold(Invocation call) throws Exception {
    long bytes = Verbs.bytes("threshold", call.arguments().required("threshold"), 1);
    verbs(call).setBlockThreshold(call.arguments().required("dev"), bytes);
  }
}
