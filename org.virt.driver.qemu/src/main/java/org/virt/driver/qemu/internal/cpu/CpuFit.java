package org.virt.driver.qemu.internal.cpu;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virt.api.xml.XmlWriter;

/**
 * A CPU told as a model and what it has beside it.
 *
 * @param more features that the model lacks
 * @param less features of the model that the CPU lacks
 */
public record CpuFit(Cpu cpu, CpuModel model, Set<String> more, Set<String> less) {
  /**
   * Finds the model of the CPU's maker, or of nobody's, that says it shortest.
   *
   * @param models to choose from
   */
  public static Optional<CpuFit> of(Cpu cpu, List<CpuModel> models) {
    return models.stream()
        .filter(model -> isBy(cpu.vendor(), model.cpu().vendor()))
        .map(model -> fit(cpu, model))
        .min(
            Comparator.comparingInt((CpuFit fit) -> fit.more.size() + fit.less.size())
                .thenComparingInt(fit -> fit.less.size()));
  }

  /** Finds the model that says most of a CPU and nothing that it lacks. */
  public static Optional<CpuFit> within(Cpu cpu, List<CpuModel> models) {
    return of(
        cpu, models.stream().filter(m -> cpu.features().containsAll(m.cpu().features())).toList());
  }

  private static boolean isBy(String vendor, String maker) {
    return vendor.isEmpty() || maker.isEmpty() || vendor.equals(maker);
  }

  private static CpuFit fit(Cpu cpu, CpuModel model) {
    return new CpuFit(
        cpu, model, model.cpu().lacks(cpu.features()), cpu.lacks(model.cpu().features()));
  }

  /** Prints model, maker and differences, the inside of an element {@code cpu}. */
  public void print(XmlWriter out, String fallback) {
    out.open("model").attribute("fallback", fallback).text(model.name()).close();
    if (!cpu.vendor().isEmpty()) {
      out.element("vendor", cpu.vendor());
    }
    more.forEach(name -> feature(out, "require", name));
    less.forEach(name -> feature(out, "disable", name));
  }

  /** Prints one feature. */
  static void feature(XmlWriter out, String policy, String name) {
    out.open("feature").attribute("policy", policy).attribute("name", name).close();
  }
}
