package org.virt.remote.internal.calls;

import java.util.Optional;
import org.virt.api.VirtException;
import org.virt.api.domain.Affects;
import org.virt.api.domain.BlockJobVerbs;
import org.virt.api.domain.BlockJobVerbs.AbortFlag;
import org.virt.api.domain.BlockJobVerbs.BlockJob;
import org.virt.api.domain.BlockJobVerbs.Commit;
import org.virt.api.domain.BlockJobVerbs.CommitFlag;
import org.virt.api.domain.BlockJobVerbs.CopyFlag;
import org.virt.api.domain.BlockJobVerbs.RebaseFlag;
import org.virt.api.domain.DeviceVerbs;
import org.virt.api.domain.DeviceVerbs.Force;
import org.virt.rpc.XdrStruct;

/** Devices of a machine, and jobs on its disks. */
final class DomainDeviceCalls {
  /** {@code VIR_DOMAIN_DEVICE_MODIFY_FORCE}. */
  private static final int FORCE = 4;

  private static final int AFFECTS = 3;

  /** {@code …_BANDWIDTH_BYTES} and {@code VIR_DOMAIN_BLOCK_RESIZE_BYTES}. */
  private static final int BYTES = 1;

  private static final long MIB = 1L << 20;
  private static final long KIB = 1L << 10;

  void declare(Declarations all) {
    declareDevices(all);
    declareJobs(all);
    declareDisks(all);
  }

  private static void declareDevices(Declarations all) {
    all.on(
            "domain_attach_device",
            call -> {
              call.of(DeviceVerbs.class).attachDevice(call.text("xml"), Affects.LIVE);
              return call.reply();
            })
        .on(
            "domain_attach_device_flags",
            call -> {
              call.of(DeviceVerbs.class).attachDevice(call.text("xml"), call.affects());
              return call.reply();
            })
        .on(
            "domain_detach_device",
            call -> {
              call.of(DeviceVerbs.class).detachDevice(call.text("xml"), Affects.LIVE);
              return call.reply();
            })
        .on(
            "domain_detach_device_flags",
            call -> {
              call.of(DeviceVerbs.class).detachDevice(call.text("xml"), call.affects());
              return call.reply();
            })
        .on(
            "domain_detach_device_alias",
            call -> {
              call.of(DeviceVerbs.class).detachDeviceAlias(call.text("alias"), call.affects());
              return call.reply();
            })
        .on(
            "domain_update_device_flags",
            call -> {
              call.onlyFlags(AFFECTS | FORCE);
              call.of(DeviceVerbs.class)
                  .updateDevice(
                      call.text("xml"),
                      Affects.of(call.flags()),
                      (call.flags() & FORCE) != 0 ? Force.YES : Force.NO);
              return call.reply();
            });
  }

  private static void declareJobs(Declarations all) {
    all.on(
            "domain_block_job_abort",
            call -> {
              call.of(BlockJobVerbs.class)
                  .blockJobAbort(call.text("path"), call.flags(AbortFlag.class));
              return call.reply();
            })
        .on("domain_get_block_job_info", DomainDeviceCalls::jobInfo)
        .on(
            "domain_block_job_set_speed",
            call -> {
              call.of(BlockJobVerbs.class).blockJobSetSpeed(call.text("path"), speed(call, BYTES));
              return call.reply();
            })
        .on(
            "domain_block_pull",
            call -> {
              call.onlyFlags(RebaseFlag.BANDWIDTH_BYTES.bit());
              call.of(BlockJobVerbs.class)
                  .blockPull(
                      call.text("path"),
                      "",
                      speed(call, RebaseFlag.BANDWIDTH_BYTES.bit()),
                      java.util.Set.of());
              return call.reply();
            })
        .on(
            "domain_block_rebase",
            call -> {
              call.of(BlockJobVerbs.class)
                  .blockPull(
                      call.text("path"),
                      call.args().optionalText("base").orElse(""),
                      speed(call, RebaseFlag.BANDWIDTH_BYTES.bit()),
                      call.flags(RebaseFlag.class));
              return call.reply();
            })
        .on(
            "domain_block_copy",
            call -> {
              call.of(BlockJobVerbs.class)
                  .blockCopy(
                      call.text("path"),
                      call.text("destxml"),
                      call.parameters("params"),
                      call.flags(CopyFlag.class));
              return call.reply();
            })
        .on(
            "domain_block_commit",
            call -> {
              Commit commit =
                  new Commit(
                      call.args().optionalText("base").orElse(""),
                      call.args().optionalText("top").orElse(""),
                      speed(call, CommitFlag.BANDWIDTH_BYTES.bit()));
              call.of(BlockJobVerbs.class)
                  .blockCommit(call.text("disk"), commit, call.flags(CommitFlag.class));
              return call.reply();
            });
  }

  private static void declareDisks(Declarations all) {
    all.on(
            "domain_block_resize",
            call -> {
              call.onlyFlags(BYTES);
              long size = call.wide("size") * ((call.flags() & BYTES) != 0 ? 1 : KIB);
              call.of(BlockJobVerbs.class).blockResize(call.text("disk"), size);
              return call.reply();
            })
        .on(
            "domain_set_block_threshold",
            call -> {
              call.noFlags();
              call.of(BlockJobVerbs.class)
                  .setBlockThreshold(call.text("dev"), call.wide("threshold"));
              return call.reply();
            });
  }

  private static XdrStruct jobInfo(Call call) throws VirtException {
    call.onlyFlags(BYTES);
    Optional<BlockJob> job = call.of(BlockJobVerbs.class).blockJobInfo(call.text("path"));
    if (job.isEmpty()) {
      return call.reply(0, 0, 0L, 0L, 0L);
    }
    BlockJob now = job.get();
    long speed = (call.flags() & BYTES) != 0 ? now.bytesPerSecond() : now.bytesPerSecond() / MIB;
    return call.reply(1, now.type().ordinal(), speed, now.current(), now.end());
  }

  /** Returns bytes per second: given are these, when a flag says so, or MiB. */
  private static long speed(Call call, int bytesFlag) {
    return call.wide("bandwidth") * ((call.flags() & bytesFlag) != 0 ? 1 : MIB);
  }
}
