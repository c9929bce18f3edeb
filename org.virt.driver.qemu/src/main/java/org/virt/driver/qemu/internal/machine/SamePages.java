package org.virt.driver.qemu.internal.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.TypedParameter;
import org.virt.api.domain.TypedParameters;

/**
 * The kernel's sharing of equal pages of memory (KSM). A name of libvirt's is that of the kernel's
 * file with {@code shm_} before it.
 *
 * @param folder {@code /sys/kernel/mm/ksm}
 */
record SamePages(Path folder) {
  private static final String PREFIX = "shm_";
  private static final List<String> SETTINGS =
      List.of("pages_to_scan", "sleep_millisecs", "merge_across_nodes");
  private static final List<String> FIGURES =
      List.of("pages_shared", "pages_sharing", "pages_unshared", "pages_volatile", "full_scans");
  private static final Set<Long> YES_OR_NO = Set.of(0L, 1L);

  /** Returns what there is: kernels have some files and not others. */
  TypedParameters read() throws VirtException {
    TypedParameters.Builder out = TypedParameters.builder();
    for (String name : SETTINGS) {
      if (Files.exists(folder.resolve(name))) {
        out.uint(PREFIX + name, number(name));
      }
    }
    for (String name : FIGURES) {
      if (Files.exists(folder.resolve(name))) {
        out.ullong(PREFIX + name, number(name));
      }
    }
    return out.build();
  }

  /** Writes settings, once all of them are known to be settings. */
  void write(TypedParameters parameters) throws VirtException {
    for (TypedParameter one : parameters.list()) {
      check(one);
    }
    for (TypedParameter one : parameters.list()) {
      Path file = file(one);
      try {
        Files.writeString(file, Long.toString(one.number()));
      } catch (IOException e) {
        throw new VirtException(ErrorCode.SYSTEM_ERROR, "set " + one.name() + ": " + e, e);
      }
    }
  }

  private void check(TypedParameter one) throws VirtException {
    String name = one.name();
    if (!name.startsWith(PREFIX) || !SETTINGS.contains(name.substring(PREFIX.length()))) {
      throw new VirtException(
          ErrorCode.INVALID_ARG, "set memory parameters: there is no setting '" + name + "'");
    }
    if (one.type() != TypedParameter.Type.UINT) {
      throw new VirtException(
          ErrorCode.INVALID_ARG, "set memory parameters: '" + name + "' is not of type uint");
    }
    if (name.endsWith("merge_across_nodes") && !YES_OR_NO.contains(one.number())) {
      throw new VirtException(
          ErrorCode.INVALID_ARG, "set memory parameters: '" + name + "' is neither 0 nor 1");
    }
    if (!Files.exists(file(one))) {
      throw new VirtException(
          ErrorCode.OPERATION_UNSUPPORTED,
          "set memory parameters: this host has no '" + name + "'");
    }
  }

  private Path file(TypedParameter one) {
    return folder.resolve(one.name().substring(PREFIX.length()));
  }

  private long number(String name) throws VirtException {
    try {
      return Long.parseLong(Files.readString(folder.resolve(name)).strip());
    } catch (IOException | NumberFormatException e) {
      throw new VirtException(ErrorCode.SYSTEM_ERROR, "read " + name + ": " + e, e);
    }
  }
}
