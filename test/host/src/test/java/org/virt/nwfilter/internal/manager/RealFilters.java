package org.virt.nwfilter.internal.manager;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Map;
import org.virt.api.VirtException;
import org.virt.api.nwfilter.FilterBinding;
import org.virt.api.nwfilter.FilterManager;
import org.virt.nwfilter.nftables.internal.NftablesTechnique;
import org.virt.spi.nwfilter.FilterTechnique;
import org.virt.test.contract.FolderState;

/** The filter manager with the kernel's rules, for tests of those who use it. */
public final class RealFilters implements AutoCloseable {
  private final NftablesTechnique technique = new NftablesTechnique();
  private final NetworkFilterManager manager;

  /** Starts it; skips the test where nftables cannot be used. */
  public RealFilters(Path home) throws VirtException {
    assumeTrue(technique.probe().usable(), "nftables cannot be used");
    manager = new NetworkFilterManager(new FolderState(home));
    manager.start();
    manager.addTechnique(technique, Map.of(FilterTechnique.NAME, "nftables"));
  }

  /** Returns it as others see it. */
  public FilterManager manager() {
    return manager;
  }

  @Override
  public void close() throws VirtException {
    for (FilterBinding binding : manager.bindings()) {
      manager.unbind(binding.port());
    }
    manager.stop();
    technique.close();
  }
}
