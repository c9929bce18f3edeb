package org.virt.model.edit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.virt.api.VirtException;
import org.virt.api.domain.CpuSet;
import org.virt.api.domain.TuningVerbs.Area;
import org.virt.api.domain.TypedParameter;
import org.virt.api.domain.TypedParameter.Type;
import org.virt.api.domain.TypedParameters;
import org.virt.api.xml.XmlElement;

/** A machine's share of the host: cputune, blkiotune, memtune, numatune, perf. */
public final class Tuning {
  /** What libvirt calls no limit of memory, KiB. */
  public static final long UNLIMITED = 9_007_199_254_740_991L;

  private static final String BLKIO = "blkiotune";
  private static final String MEMTUNE = "memtune";
  private static final String DEVICE_PREFIX = "device_";
  private static final List<String> MODES =
      List.of("strict", "preferred", "interleave", "restrictive");

  /** Name in typed parameters, and in XML. */
  private static final Map<String, String> CPU =
      ordered(
          "cpu_shares", "shares",
          "vcpu_period", "period",
          "vcpu_quota", "quota",
          "emulator_period", "emulator_period",
          "emulator_quota", "emulator_quota",
          "global_period", "global_period",
          "global_quota", "global_quota",
          "iothread_period", "iothread_period",
          "iothread_quota", "iothread_quota");

  private static final List<String> LIMITS = List.of("hard_limit", "soft_limit", "swap_hard_limit");

  private static final List<String> BLOCK_DEVICES =
      List.of("weight", "read_iops_sec", "write_iops_sec", "read_bytes_sec", "write_bytes_sec");

  private static final List<String> PERF =
      List.of(
          "cmt",
          "mbmt",
          "mbml",
          "cpu_cycles",
          "instructions",
          "cache_references",
          "cache_misses",
          "branch_instructions",
          "branch_misses",
          "bus_cycles",
          "stalled_cycles_frontend",
          "stalled_cycles_backend",
          "ref_cpu_cycles",
          "cpu_clock",
          "task_clock",
          "page_faults",
          "context_switches",
          "cpu_migrations",
          "page_faults_min",
          "page_faults_maj",
          "alignment_faults",
          "emulation_faults");

  private Tuning() {}

  /** Returns all parameters of an area; those that are not set as 0, unlimited or empty. */
  public static TypedParameters read(DomainTree tree, Area area) {
    TypedParameters.Builder out = TypedParameters.builder();
    switch (area) {
      case SCHEDULER -> CPU.forEach((name, xml) -> cpu(out, name, number(tree, "cputune", xml)));
      case MEMORY ->
          LIMITS.forEach(
              name -> {
                long kib = number(tree, MEMTUNE, name);
                out.ullong(name, kib == 0 ? UNLIMITED : kib);
              });
      case NUMA -> {
        XmlElement memory = tree.find("numatune", "memory").orElse(new XmlElement("", "memory"));
        String mode = memory.attribute("mode");
        out.integer("numa_mode", mode == null ? 0 : Math.max(0, MODES.indexOf(mode)));
        out.string("numa_nodeset", Optional.ofNullable(memory.attribute("nodeset")).orElse(""));
      }
      case BLKIO -> {
        out.uint("weight", number(tree, BLKIO, "weight"));
        BLOCK_DEVICES.forEach(name -> out.string(DEVICE_PREFIX + name, devices(tree, name)));
      }
      case PERF -> PERF.forEach(name -> out.bool(name, isCounted(tree, name)));
    }
    return out.build();
  }

  /** Sets some parameters of an area; {@code INVALID_ARG} for one that it does not have. */
  public static void write(DomainTree tree, Area area, TypedParameters parameters)
      throws VirtException {
    for (TypedParameter parameter : parameters.list()) {
      String name = parameter.name();
      switch (area) {
        case SCHEDULER -> writeCpu(tree, parameter);
        case MEMORY -> {
          require(LIMITS.contains(name), name);
          limit(tree, name, parameter.number());
        }
        case NUMA -> writeNuma(tree, parameter);
        case BLKIO -> writeBlkio(tree, parameter);
        case PERF -> {
          require(PERF.contains(name) && parameter.type() == Type.BOOLEAN, name);
          count(tree, name, (Boolean) parameter.value());
        }
      }
    }
  }

  private static void cpu(TypedParameters.Builder out, String name, long value) {
    if (name.endsWith("quota")) {
      out.llong(name, value);
    } else {
      out.ullong(name, value);
    }
  }

  private static void writeCpu(DomainTree tree, TypedParameter parameter) throws VirtException {
    String xml = CPU.get(parameter.name());
    require(xml != null, parameter.name());
    long value = parameter.number();
    if (parameter.name().endsWith("period") && value != 0 && (value < 1000 || value > 1_000_000)) {
      throw DomainTree.invalid(
          "value of '" + parameter.name() + "' is out of range [1000, 1000000]");
    }
    tree.make("cputune", xml).setText(Long.toString(value));
  }

  private static void limit(DomainTree tree, String name, long kib) {
    if (kib <= 0 || kib >= UNLIMITED) {
      tree.find(MEMTUNE, name).ifPresent(limit -> tree.prune(MEMTUNE, limit));
      return;
    }
    XmlElement limit = tree.make(MEMTUNE, name);
    limit.set("unit", "KiB");
    limit.setText(Long.toString(kib));
  }

  private static void writeNuma(DomainTree tree, TypedParameter parameter) throws VirtException {
    switch (parameter.name()) {
      case "numa_mode" -> {
        long mode = parameter.number();
        require(mode >= 0 && mode < MODES.size(), "numa_mode " + mode);
        tree.make("numatune", "memory").set("mode", MODES.get((int) mode));
      }
      case "numa_nodeset" -> {
        XmlElement memory = tree.make("numatune", "memory");
        if (memory.attribute("mode") == null) {
          memory.set("mode", MODES.get(0));
        }
        memory.set("nodeset", CpuSet.parse(parameter.text()).toString());
        memory.remove("placement");
      }
      default -> require(false, parameter.name());
    }
  }

  private static void writeBlkio(DomainTree tree, TypedParameter parameter) throws VirtException {
    String name = parameter.name();
    if (name.equals("weight")) {
      tree.make(BLKIO, "weight").setText(Long.toString(parameter.number()));
      return;
    }
    require(name.startsWith(DEVICE_PREFIX), name);
    String what = name.substring(DEVICE_PREFIX.length());
    require(BLOCK_DEVICES.contains(what), name);
    String[] words = parameter.text().split(",", -1);
    for (int i = 0; i + 1 < words.length; i += 2) {
      device(tree, words[i].strip()).make(what).setText(words[i + 1].strip());
    }
    require(words.length % 2 == 0, name + " '" + parameter.text() + "'");
  }

  private static XmlElement device(DomainTree tree, String path) {
    XmlElement tune = tree.make(BLKIO);
    for (XmlElement device : tune.children("device")) {
      if (device.make("path").text().strip().equals(path)) {
        return device;
      }
    }
    XmlElement made = new XmlElement("", "device");
    made.make("path").setText(path);
    tune.append(made);
    return made;
  }

  private static String devices(DomainTree tree, String what) {
    StringJoiner all = new StringJoiner(",");
    for (XmlElement device : tree.find(BLKIO).map(t -> t.children("device")).orElse(List.of())) {
      Optional<XmlElement> value = device.child(what);
      if (value.isPresent() && !value.get().text().strip().equals("0")) {
        all.add(device.make("path").text().strip()).add(value.get().text().strip());
      }
    }
    return all.toString();
  }

  private static boolean isCounted(DomainTree tree, String name) {
    return events(tree).stream()
        .anyMatch(e -> name.equals(e.attribute("name")) && "yes".equals(e.attribute("enabled")));
  }

  private static void count(DomainTree tree, String name, boolean on) {
    XmlElement event =
        events(tree).stream()
            .filter(e -> name.equals(e.attribute("name")))
            .findFirst()
            .orElseGet(
                () -> {
                  XmlElement made = new XmlElement("", "event");
                  made.set("name", name);
                  tree.make("perf").append(made);
                  return made;
                });
    event.set("enabled", on ? "yes" : "no");
  }

  private static List<XmlElement> events(DomainTree tree) {
    return tree.find("perf").map(perf -> perf.children("event")).orElse(List.of());
  }

  private static long number(DomainTree tree, String... path) {
    String text = tree.text(path);
    return text.isEmpty() ? 0 : Long.parseLong(text);
  }

  private static void require(boolean known, String what) throws VirtException {
    if (!known) {
      throw DomainTree.invalid("parameter '" + what + "' not supported");
    }
  }

  private static Map<String, String> ordered(String... pairs) {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return map;
  }
}
