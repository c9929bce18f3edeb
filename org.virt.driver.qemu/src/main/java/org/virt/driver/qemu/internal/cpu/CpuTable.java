package org.virt.driver.qemu.internal.cpu;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.FeatureNames;

/**
 * What a QEMU program knows of CPUs with one accelerator.
 *
 * @param models sorted by name
 * @param features the names of all features
 * @param best the most that a machine can have; absent where QEMU does not tell
 */
public record CpuTable(List<CpuModel> models, Set<String> features, Optional<Cpu> best) {
  public CpuTable {
    models = List.copyOf(models);
    Set<String> all = new TreeSet<>(features);
    all.addAll(FeatureNames.OF_THE_HOST);
    features = java.util.Collections.unmodifiableSet(all);
  }

  /** Returns a model by its name. */
  CpuModel model(String name) throws VirtException {
    return models.stream()
        .filter(model -> model.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new VirtException(ErrorCode.INTERNAL_ERROR, "Unknown CPU model " + name));
  }

  /** Refuses a feature that nobody has. */
  void requireKnown(String feature) throws VirtException {
    if (!features.contains(feature)) {
      throw new VirtException(ErrorCode.INTERNAL_ERROR, "unknown CPU feature: " + feature);
    }
  }
}
