package org.virt.driver.esx.internal;

import java.util.OptionalInt;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.HostStatistics;
import org.virt.api.domain.TypedParameters;
import org.virt.driver.esx.internal.Query.Found;

/** What the host has and uses. */
final class HostFigures implements HostStatistics {
  private static final String SIZE = "hardware.memorySize";
  private static final String USED = "summary.quickStats.overallMemoryUsage";

  private final Vim vim;
  private final Inventory place;

  HostFigures(Vim vim, Inventory place) {
    this.vim = vim;
    this.place = place;
  }

  @Override
  public long freeMemory() throws VirtException {
    Found host = memory();
    return Math.max(0, Host.number(host, SIZE) - (Host.number(host, USED) << 20));
  }

  private Found memory() throws VirtException {
    return Query.one(vim, "get memory of " + vim.host(), place.host(), SIZE, USED);
  }

  @Override
  public TypedParameters memoryStats(OptionalInt cell) throws VirtException {
    if (cell.isPresent()) {
      throw new VirtException(
          ErrorCode.ARGUMENT_UNSUPPORTED,
          "get memory of " + vim.host() + ": it tells nothing of single cells");
    }
    Found host = memory();
    long total = Host.number(host, SIZE) >> 10;
    long used = Host.number(host, USED) << 10;
    return TypedParameters.builder()
        .ullong("total", total)
        .ullong("free", Math.max(0, total - used))
        .build();
  }

  @Override
  public int maxVcpus(String type) throws VirtException {
    String property = "capability.maxSupportedVcpus";
    Found host = Query.one(vim, "get capability of " + vim.host(), place.host(), property);
    long most = Host.number(host, property);
    if (most <= 0) {
      throw new VirtException(
          ErrorCode.OPERATION_UNSUPPORTED,
          "get capability of %s: it does not tell how many virtual CPUs".formatted(vim.host()));
    }
    return (int) Math.min(most, Integer.MAX_VALUE);
  }
}
