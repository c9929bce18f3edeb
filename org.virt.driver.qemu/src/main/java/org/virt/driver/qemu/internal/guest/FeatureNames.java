package org.virt.driver.qemu.internal.guest;

import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Names of CPU features: libvirt's, where QEMU has another for the same. */
public final class FeatureNames {
  /** What libvirt has names for and no guest of QEMU ever gets. */
  public static final Set<String> OF_THE_HOST =
      Set.of("cmt", "mbm_total", "mbm_local", "osxsave", "ospke", "pconfig");

  private static final Map<String, String> QEMU =
      Map.of(
          "pclmuldq", "pclmulqdq",
          "cmp_legacy", "cmp-legacy",
          "ds_cpl", "ds-cpl",
          "fxsr_opt", "fxsr-opt",
          "lahf_lm", "lahf-lm",
          "nodeid_msr", "nodeid-msr",
          "perfctr_core", "perfctr-core",
          "perfctr_nb", "perfctr-nb",
          "tsc_adjust", "tsc-adjust");

  private static final Map<String, String> LIBVIRT =
      QEMU.keySet().stream().collect(Collectors.toMap(QEMU::get, Function.identity()));

  private FeatureNames() {}

  /** Returns QEMU's name of libvirt's feature; where nothing is known, with QEMU's hyphens. */
  public static String qemu(String libvirt) {
    return QEMU.getOrDefault(libvirt, libvirt).replace('_', '-');
  }

  /** Returns libvirt's name of QEMU's feature. */
  public static String libvirt(String qemu) {
    return LIBVIRT.getOrDefault(qemu, qemu);
  }
}
