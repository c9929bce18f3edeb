package org.virt.driver.qemu.internal.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.TuningVerbs.Area;
import org.virt.api.xml.XmlElement;
import org.virt.driver.qemu.internal.linux.ControlGroups.Controller;
import org.virt.driver.qemu.internal.linux.ControlGroups.Version;
import org.virt.driver.qemu.internal.linux.ProcessFigures;
import org.virt.model.edit.DomainTree;
import org.virt.model.edit.Pins;
import org.virt.model.edit.Sizes;

/**
 * Turns what a machine may use of the host into what control groups are told, as libvirt does
 * (formatdomain, CPU, memory and block I/O tuning). All of an area is told, also what has no limit.
 */
final class Shares {
  private static final long KIB = 1024;
  private static final long USUAL_PERIOD = 100_000;
  private static final String EMULATOR = "emulator";
  private static final Map<String, String> THROTTLES =
      Map.of(
          "read_bytes_sec", "blkio.throttle.read_bps_device rbps",
          "write_bytes_sec", "blkio.throttle.write_bps_device wbps",
          "read_iops_sec", "blkio.throttle.read_iops_device riops",
          "write_iops_sec", "blkio.throttle.write_iops_device wiops");

  /**
   * One thing that a group is told.
   *
   * @param child a group of threads within the machine's; empty: the machine's
   */
  record Setting(Controller controller, String child, String file, String value) {}

  /** What of the host's processors a machine has beside others, where all want more. */
  enum Weight {
    /** The kernel's own. */
    USUAL("1024", "100"),
    /** The most that there is. */
    GREATEST("262144", "10000");

    private final String first;
    private final String second;

    Weight(String first, String second) {
      this.first = first;
      this.second = second;
    }

    /** Returns what the group of a machine is told. */
    Setting in(Version version) {
      String value = version == Version.V1 ? first : second;
      return new Setting(Controller.CPU, "", file(version), value);
    }

    private static String file(Version version) {
      return version == Version.V1 ? "cpu.shares" : "cpu.weight";
    }
  }

  private final DomainTree tree;
  private final Version version;
  private final List<Setting> settings = new ArrayList<>();

  private Shares(DomainTree tree, Version version) {
    this.tree = tree;
    this.version = version;
  }

  /** Says whether a machine has a share or limit of an area. */
  static boolean isTuned(DomainTree tree, Area area) {
    return switch (area) {
      case SCHEDULER ->
          tree.find("cputune").stream()
              .flatMap(tune -> tune.children().stream())
              .anyMatch(part -> part.name().matches("shares|.*period|.*quota"));
      case MEMORY -> tree.find("memtune").isPresent();
      case BLKIO -> tree.find("blkiotune").isPresent();
      default -> false;
    };
  }

  /** Returns what the controller of an area is told. */
  static List<Setting> of(DomainTree tree, Area area, Version version) throws VirtException {
    Shares shares = new Shares(tree, version);
    switch (area) {
      case SCHEDULER -> shares.processor();
      case MEMORY -> shares.memory();
      case BLKIO -> shares.disks();
      default -> {
        // Not of control groups.
      }
    }
    return shares.settings;
  }

  /** Returns the controller of an area. */
  static Controller controller(Area area) {
    return switch (area) {
      case MEMORY -> Controller.MEMORY;
      case BLKIO -> Controller.BLKIO;
      default -> Controller.CPU;
    };
  }

  private void add(Controller controller, String file, Object value) {
    settings.add(new Setting(controller, "", file, value.toString()));
  }

  private void processor() {
    long shares = number("cputune", "shares");
    if (shares > 0) {
      add(Controller.CPU, Weight.file(version), shares);
    }
    quota("", "global_");
    if (isSet("emulator_")) {
      quota(EMULATOR, "emulator_");
    }
    if (isSet("")) {
      for (int vcpu = 0; vcpu < Sizes.maxVcpus(tree); vcpu++) {
        quota("vcpu" + vcpu, "");
      }
    }
    if (isSet("iothread_")) {
      Pins.ioThreadNumbers(tree).forEach(n -> quota("iothread" + n, "iothread_"));
    }
  }

  private boolean isSet(String prefix) {
    return tree.find("cputune", prefix + "quota").isPresent()
        || tree.find("cputune", prefix + "period").isPresent();
  }

  private void quota(String child, String prefix) {
    long period = number("cputune", prefix + "period");
    long quota = number("cputune", prefix + "quota");
    long each = period == 0 ? USUAL_PERIOD : period;
    boolean limited = quota > 0 && quota < Long.MAX_VALUE / KIB;
    if (version == Version.V2) {
      String max = (limited ? Long.toString(quota) : "max") + " " + each;
      settings.add(new Setting(Controller.CPU, child, "cpu.max", max));
      return;
    }
    settings.add(new Setting(Controller.CPU, child, "cpu.cfs_period_us", Long.toString(each)));
    String limit = limited ? Long.toString(quota) : "-1";
    settings.add(new Setting(Controller.CPU, child, "cpu.cfs_quota_us", limit));
  }

  private long number(String area, String name) {
    return tree.find(area, name).map(e -> Long.parseLong(e.text().strip())).orElse(0L);
  }

  private void memory() {
    long hard = number("memtune", "hard_limit") * KIB;
    long soft = number("memtune", "soft_limit") * KIB;
    long swap = number("memtune", "swap_hard_limit") * KIB;
    if (version == Version.V2) {
      add(Controller.MEMORY, "memory.high", soft > 0 ? soft : "max");
      add(Controller.MEMORY, "memory.max", hard > 0 ? hard : "max");
      add(Controller.MEMORY, "memory.swap.max", swap > 0 ? swap - hard : "max");
      return;
    }
    // The limit of memory is never above that of memory and swap: it goes down first, up last.
    add(Controller.MEMORY, "memory.memsw.limit_in_bytes", -1);
    add(Controller.MEMORY, "memory.limit_in_bytes", hard > 0 ? hard : -1);
    add(Controller.MEMORY, "memory.memsw.limit_in_bytes", swap > 0 ? swap : -1);
    add(Controller.MEMORY, "memory.soft_limit_in_bytes", soft > 0 ? soft : -1);
  }

  private void disks() throws VirtException {
    long weight = number("blkiotune", "weight");
    if (weight > 0) {
      add(Controller.BLKIO, version == Version.V1 ? "blkio.bfq.weight" : "io.bfq.weight", weight);
    }
    for (XmlElement device :
        tree.find("blkiotune").map(tune -> tune.children("device")).orElse(List.of())) {
      disk(device);
    }
  }

  private void disk(XmlElement device) throws VirtException {
    String number = number(device.make("path").text().strip());
    for (Map.Entry<String, String> throttle : new TreeMap<>(THROTTLES).entrySet()) {
      String[] names = throttle.getValue().split(" ", -1);
      long limit =
          device.child(throttle.getKey()).map(e -> Long.parseLong(e.text().strip())).orElse(0L);
      if (version == Version.V1) {
        add(Controller.BLKIO, names[0], number + " " + limit);
      } else {
        add(
            Controller.BLKIO,
            "io.max",
            number + " " + names[1] + "=" + (limit == 0 ? "max" : limit));
      }
    }
    Optional<XmlElement> weight = device.child("weight");
    if (weight.isPresent()) {
      String file = version == Version.V1 ? "blkio.bfq.weight_device" : "io.bfq.weight";
      add(Controller.BLKIO, file, number + " " + weight.get().text().strip());
    }
  }

  /** Returns the number of a block device, as the kernel writes it. */
  private static String number(String path) throws VirtException {
    try {
      Path name = Path.of(path).toRealPath().getFileName();
      return Files.readString(Path.of("/sys/class/block").resolve(name).resolve("dev")).strip();
    } catch (IOException e) {
      throw new VirtException(
          ErrorCode.CONFIG_UNSUPPORTED, "/domain/blkiotune: '" + path + "' is no block device", e);
    }
  }

  /** Returns the threads that have limits of their own, by the group that they belong into. */
  static Map<String, List<Long>> threads(Run run, DomainTree tree) throws VirtException {
    Shares shares = new Shares(tree, Version.V1);
    Map<String, List<Long>> all = new LinkedHashMap<>();
    List<Long> named = new ArrayList<>();
    List<Long> vcpus = CpuVerbs.threads(run);
    for (int i = 0; i < vcpus.size(); i++) {
      put(all, named, shares.isSet("") ? "vcpu" + i : "", vcpus.get(i));
    }
    for (Map.Entry<Integer, Long> thread : IoThreads.threads(run).entrySet()) {
      String group = shares.isSet("iothread_") ? "iothread" + thread.getKey() : "";
      put(all, named, group, thread.getValue());
    }
    if (shares.isSet("emulator_")) {
      List<Long> rest = new ArrayList<>(ProcessFigures.threads(run.process().id().pid()));
      rest.removeAll(named);
      all.put(EMULATOR, rest);
    }
    return all;
  }

  private static void put(
      Map<String, List<Long>> all, List<Long> named, String group, long thread) {
    if (thread > 0) {
      named.add(thread);
      if (!group.isEmpty()) {
        all.put(group, List.of(thread));
      }
    }
  }
}
