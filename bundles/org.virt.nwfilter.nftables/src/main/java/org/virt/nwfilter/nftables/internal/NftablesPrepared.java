package org.virt.nwfilter.nftables.internal;

import java.util.List;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.spi.nwfilter.FilterTechnique;

/** Translated programs of ports. */
final class NftablesPrepared implements FilterTechnique.Prepared {
  private final KernelTable table;
  private final List<Code.Port> ports;
  private boolean over;

  NftablesPrepared(KernelTable table, List<Code.Port> ports) {
    this.table = table;
    this.ports = ports;
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
    table.commit(ports);
    over = true;
  }

  @Override
  public synchronized void discard() {
    over = true;
  }
}
