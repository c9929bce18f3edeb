package org.virt.driver.qemu.internal.cpu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * The CPU of the host, as {@code /proc/cpuinfo} of the Linux kernel tells it.
 *
 * @param cpu what it can do
 * @param signature family, model and stepping
 * @param microcode its version; absent where the kernel does not tell
 * @param addressBits of physical addresses; absent where the kernel does not tell
 */
public record HostCpu(
    Cpu cpu,
    Map<String, String> signature,
    Optional<Long> microcode,
    Optional<Integer> addressBits) {
  /** Linux' names that are more than another spelling. */
  private static final Map<String, String> NAMES =
      Map.of("tscdeadlinetimer", "tsc-deadline", "pclmulqdq", "pclmuldq");

  public HostCpu {
    signature = Map.copyOf(signature);
  }

  /**
   * Reads it.
   *
   * @param root the root directory; another one in tests
   * @param known names of features
   */
  public static HostCpu read(Path root, Set<String> known) throws VirtException {
    Map<String, String> lines = new HashMap<>();
    Path file = root.resolve("proc/cpuinfo");
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
        int colon = line.indexOf(':');
        if (colon > 0) {
          lines.putIfAbsent(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
        }
      }
    } catch (IOException e) {
      throw new VirtException(ErrorCode.SYSTEM_ERROR, "read " + file + ": " + e.getMessage(), e);
    }
    Map<String, String> signature = new HashMap<>();
    Map.of("family", "cpu family", "model", "model", "stepping", "stepping")
        .forEach((name, key) -> signature.put(name, lines.getOrDefault(key, "0")));
    Set<String> features = features(lines.getOrDefault("flags", ""), known);
    String bits = lines.getOrDefault("address sizes", "").replaceFirst(" bits physical.*", "");
    return new HostCpu(
        new Cpu(Cpu.vendor(lines.getOrDefault("vendor_id", "")), features),
        signature,
        Optional.ofNullable(lines.get("microcode")).map(Long::decode),
        bits.matches("[0-9]{1,3}") ? Optional.of(Integer.valueOf(bits)) : Optional.empty());
  }

  private static Set<String> features(String flags, Set<String> known) {
    Map<String, String> names = new HashMap<>();
    known.forEach(name -> names.put(bare(name), name));
    names.putAll(NAMES);
    Set<String> features = new TreeSet<>();
    List<String> all = List.of(flags.split(" ", -1));
    for (String flag : all) {
      String name = names.get(bare(flag));
      if (name != null && known.contains(name)) {
        features.add(name);
      }
    }
    if (all.contains("constant_tsc") && all.contains("nonstop_tsc")) {
      features.add("invtsc");
    }
    return features;
  }

  /** The kernel and QEMU put hyphens, underscores and dots at other places. */
  private static String bare(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[._-]", "");
  }
}
