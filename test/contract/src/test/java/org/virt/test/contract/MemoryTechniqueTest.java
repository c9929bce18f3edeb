package org.virt.test.contract;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.virt.spi.nwfilter.FilterTechnique;

class MemoryTechniqueTest extends FilterTechniqueContract {
  private final MemoryKernel kernel = new MemoryKernel();

  @Override
  protected FrameLab openLab() {
    return kernel;
  }

  @Override
  protected FilterTechnique start() {
    return new MemoryTechnique(kernel, new AtomicBoolean(true));
  }

  @Override
  protected void stop(FilterTechnique instance) {
    ((MemoryTechnique) instance).allowed().set(false);
  }

  @Override
  protected String rules() {
    return kernel.list().stream().map(Object::toString).collect(Collectors.joining("\n"));
  }

  @Override
  protected Optional<FilterTechnique> refused() {
    return Optional.of(new MemoryTechnique(kernel, new AtomicBoolean()));
  }
}
