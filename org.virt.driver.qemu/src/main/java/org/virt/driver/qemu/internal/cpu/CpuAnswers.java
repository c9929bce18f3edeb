package org.virt.driver.qemu.internal.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.CpuModels.BaselineFlag;
import org.virt.api.domain.CpuModels.Comparison;
import org.virt.api.xml.XmlWriter;
import org.virt.driver.qemu.internal.guest.FeatureNames;

/** Compares CPUs, and finds what several have in common. */
public final class CpuAnswers {
  private static final String ARCH = "x86_64";

  /** What cannot be moved with a running guest. */
  private static final Set<String> STAYS = Set.of("invtsc");

  private final CpuTable table;

  /**
   * Makes one.
   *
   * @param table the models that are spoken of
   */
  public CpuAnswers(CpuTable table) {
    this.table = table;
  }

  /** Says whether a CPU has all that another one is described to have, and whether it has more. */
  public Comparison compare(Cpu own, String xml) throws VirtException {
    CpuWish wish = CpuWish.read(xml, table);
    String vendor = wish.cpu().vendor();
    boolean other = !wish.arch().isEmpty() && !wish.arch().equals(ARCH);
    boolean stranger = !vendor.isEmpty() && !vendor.equals(own.vendor());
    boolean forbidden = wish.forbidden().stream().anyMatch(own.features()::contains);
    Set<String> guest = new TreeSet<>(wish.cpu().features());
    guest.removeAll(FeatureNames.OF_THE_HOST);
    if (other || stranger || forbidden || !own.lacks(guest).isEmpty()) {
      return Comparison.INCOMPATIBLE;
    }
    Set<String> extra = new TreeSet<>(own.features());
    extra.removeAll(guest);
    extra.removeAll(wish.optional());
    if (extra.isEmpty()) {
      return Comparison.IDENTICAL;
    }
    return wish.strict() ? Comparison.INCOMPATIBLE : Comparison.SUPERSET;
  }

  /**
   * Prints the CPU that all those given can be.
   *
   * @param limit what it can have at most
   * @param fallback whether another model may be taken in its place, {@code allow} or {@code
   *     forbid}
   */
  public String baseline(List<String> xml, Cpu limit, String fallback, Set<BaselineFlag> flags)
      throws VirtException {
    List<CpuWish> wishes = new ArrayList<>();
    for (String each : xml) {
      wishes.add(CpuWish.read(each, table));
    }
    if (wishes.isEmpty()) {
      throw new VirtException(ErrorCode.INVALID_ARG, "baseline CPU: no CPU is given");
    }
    Set<String> common = new TreeSet<>(limit.features());
    String vendor = "";
    for (CpuWish wish : wishes) {
      common.retainAll(wish.cpu().features());
      String theirs = wish.cpu().vendor();
      if (!theirs.isEmpty() && !vendor.isEmpty() && !theirs.equals(vendor)) {
        throw new VirtException(
            ErrorCode.CPU_INCOMPATIBLE,
            "baseline CPU: the CPUs are of " + vendor + " and " + theirs);
      }
      vendor = theirs.isEmpty() ? vendor : theirs;
    }
    common.removeAll(FeatureNames.OF_THE_HOST);
    if (flags.contains(BaselineFlag.MIGRATABLE)) {
      common.removeAll(STAYS);
    }
    // Where all are of one model, that is what is said of them.
    Set<String> names = wishes.stream().map(CpuWish::model).collect(Collectors.toSet());
    List<CpuModel> models =
        names.size() == 1 ? List.of(table.model(wishes.get(0).model())) : table.models();
    CpuFit fit =
        CpuFit.of(new Cpu(vendor, common), models)
            .orElseThrow(
                () ->
                    new VirtException(
                        ErrorCode.CPU_INCOMPATIBLE, "baseline CPU: no model is common to all"));
    return print(fit, fallback, flags.contains(BaselineFlag.EXPAND_FEATURES));
  }

  private static String print(CpuFit fit, String fallback, boolean expand) {
    XmlWriter out = new XmlWriter();
    out.open("cpu").attribute("mode", "custom").attribute("match", "exact");
    Set<String> all = new TreeSet<>(fit.cpu().features());
    CpuFit printed = expand ? new CpuFit(fit.cpu(), fit.model(), all, fit.less()) : fit;
    printed.print(out, fallback);
    return out.close().toString();
  }
}
