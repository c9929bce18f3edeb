package org.virt.nwfilter.nftables.internal;

import java.util.List;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.spi.nwfilter.FilterTechnique;

/** Translated programs of ports. */
final class NftablesPrepared implements FilterTechnique.Prepared {
  private final KernelTable table;
  private final List<Code.Port> ports;
  private final Runnable onFailure;
  private boolean over;

  NftablesPrepared(KernelTable table, List<Code.Port> ports, Runnable onFailure) {
    this.table = table;
    this.ports = ports;
    this.onFailure = onFailure;
  }

  @Override
  public String text() {
    return NftText.of(ports);
  }

  @Override
  public synchronized void commit() throws VirtException {
    if (over) {
      throw new VirtException(
          ErrorCode.OPERATION_INVALID, "commit nftables rules: they were committed or given up");
    }
    try {
      table.commit(ports);
    } catch (VirtException e) {
      onFailure.run();
      throw e;
    }
    over = true;
  }

  @Override
  public synchronized void discard() {
    over = true;
  }
}
