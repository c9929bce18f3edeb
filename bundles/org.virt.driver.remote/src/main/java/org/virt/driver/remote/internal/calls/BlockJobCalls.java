package org.virt.driver.remote.internal.calls;

import java.util.Optional;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.api.domain.BlockJobVerbs;
import org.virt.api.domain.Flag;
import org.virt.api.domain.TypedParameters;
import org.virt.rpc.TypedValues;
import org.virt.rpc.XdrStruct;

/** Asks about jobs on a machine's disks; bandwidths are bytes, which calls are told by flags. */
record BlockJobCalls(FarDomain domain) implements BlockJobVerbs {
  /** {@code VIR_DOMAIN_BLOCK_RESIZE_BYTES} and those of the same bit for jobs' bandwidths. */
  private static final int BYTES = 1;

  @Override
  public void blockPull(String disk, String base, long bytesPerSecond, Set<RebaseFlag> flags)
      throws VirtException {
    int unit = bytesPerSecond == 0 ? 0 : RebaseFlag.BANDWIDTH_BYTES.bit();
    domain.call(
        "domain_block_rebase", disk, orNothing(base), bytesPerSecond, Flag.word(flags) | unit);
  }

  @Override
  public void blockCopy(String disk, String xml, TypedParameters parameters, Set<CopyFlag> flags)
      throws VirtException {
    domain.call("domain_block_copy", disk, xml, TypedValues.toXdr(parameters), Flag.word(flags));
  }

  @Override
  public void blockCommit(String disk, Commit commit, Set<CommitFlag> flags) throws VirtException {
    int unit = commit.bytesPerSecond() == 0 ? 0 : CommitFlag.BANDWIDTH_BYTES.bit();
    domain.call(
        "domain_block_commit",
        disk,
        orNothing(commit.base()),
        orNothing(commit.top()),
        commit.bytesPerSecond(),
        Flag.word(flags) | unit);
  }

  @Override
  public void blockResize(String disk, long bytes) throws VirtException {
    domain.call("domain_block_resize", disk, bytes, BYTES);
  }

  @Override
  public Optional<BlockJob> blockJobInfo(String disk) throws VirtException {
    XdrStruct job = domain.call("domain_get_block_job_info", disk, BYTES);
    if (job.integer("found") == 0) {
      return Optional.empty();
    }
    return Optional.of(
        new BlockJob(
            Enums.at(BlockJobType.values(), job.integer("type")),
            job.wide("bandwidth"),
            job.wide("cur"),
            job.wide("end")));
  }

  @Override
  public void blockJobAbort(String disk, Set<AbortFlag> flags) throws VirtException {
    domain.call("domain_block_job_abort", disk, Flag.word(flags));
  }

  @Override
  public void blockJobSetSpeed(String disk, long bytesPerSecond) throws VirtException {
    domain.call("domain_block_job_set_speed", disk, bytesPerSecond, BYTES);
  }

  @Override
  public void setBlockThreshold(String node, long bytes) throws VirtException {
    domain.call("domain_set_block_threshold", node, bytes, 0);
  }

  private static String orNothing(String text) {
    return text.isEmpty() ? null : text;
  }
}
