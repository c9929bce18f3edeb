package org.virt.nwfilter.nftables.internal;

import java.util.List;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.spi.nwfilter.FilterTechnique;

/** Translated programs; encoded at once, so that a commit only sends them. */
final class NftablesPrepared implements FilterTechnique.Prepared {
  private final KernelTable table;
  private final List<Code.Program> programs;
  private EncodedPrograms encoded;

  NftablesPrepared(KernelTable table, List<Code.Program> programs) {
    this.table = table;
    this.programs = programs;
    encoded = new EncodedPrograms(programs);
  }

  @Override
  public String text() {
    return NftText.of(programs);
  }

  @Override
  public synchronized void commit() throws VirtException {
    if (encoded == null) {
      throw new VirtException(
          ErrorCode.OPERATION_INVALID, "commit nftables rules: they were committed or given up");
    }
    table.commit(encoded);
    encoded = null;
  }

  @Override
  public synchronized void discard() {
    encoded = null;
  }
}
