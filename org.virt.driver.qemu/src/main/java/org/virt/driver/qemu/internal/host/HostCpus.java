package org.virt.driver.qemu.internal.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.virt.api.ErrorCode;
import org.virt.api.NodeInfo;
import org.virt.api.VirtException;

/**
 * CPUs, memory and NUMA cells, as {@code /proc} and {@code /sys} of the Linux kernel tell them.
 *
 * @param mhz frequency of the first CPU, MHz; 0 unknown
 * @param memoryKiB memory of the host, KiB
 * @param cells the NUMA cells, at least one
 */
public record HostCpus(int mhz, long memoryKiB, List<Cell> cells) {
  private static final String COUNT = "nr_hugepages";

  public HostCpus {
    cells = List.copyOf(cells);
  }

  /**
   * A NUMA cell.
   *
   * @param id the kernel's number
   * @param memoryKiB its memory, KiB
   * @param hugePages how many there are, by size in KiB
   * @param distances to each cell, by its number
   * @param cpus its CPUs that are on, by number
   */
  public record Cell(
      int id,
      long memoryKiB,
      SortedMap<Long, Long> hugePages,
      SortedMap<Integer, Integer> distances,
      List<Cpu> cpus) {
    public Cell {
      hugePages = Collections.unmodifiableSortedMap(new TreeMap<>(hugePages));
      distances = Collections.unmodifiableSortedMap(new TreeMap<>(distances));
      cpus = List.copyOf(cpus);
    }
  }

  /**
   * A CPU and its place.
   *
   * @param siblings the CPUs that are threads of its core, in the kernel's form
   */
  public record Cpu(int id, int socket, int die, int core, String siblings) {}

  /**
   * Reads them.
   *
   * @param root the root directory; another one in tests
   */
  public static HostCpus read(Path root) throws VirtException {
    try {
      long memory = kibibytes(root.resolve("proc/meminfo"), "MemTotal:");
      List<Cpu> cpus = new ArrayList<>();
      Path system = root.resolve("sys/devices/system");
      for (int id : numbers(text(system.resolve("cpu/online")))) {
        Path topology = system.resolve("cpu/cpu" + id + "/topology");
        int socket = number(topology.resolve("physical_package_id"));
        cpus.add(
            new Cpu(
                id,
                Math.max(0, socket),
                Math.max(0, number(topology.resolve("die_id"))),
                number(topology.resolve("core_id")),
                siblings(topology, id)));
      }
      return new HostCpus(mhz(root), memory, cells(system, cpus, memory));
    } catch (IOException | UncheckedIOException | NumberFormatException e) {
      throw new VirtException(
          ErrorCode.SYSTEM_ERROR, "read the host's CPUs and memory: " + e.getMessage(), e);
    }
  }

  private static List<Cell> cells(Path system, List<Cpu> cpus, long memory) throws IOException {
    List<Cell> cells = new ArrayList<>();
    Path nodes = system.resolve("node");
    if (Files.isDirectory(nodes)) {
      try (Stream<Path> entries = Files.list(nodes)) {
        for (Path node : entries.filter(HostCpus::isNode).toList()) {
          int id = Integer.parseInt(node.getFileName().toString().substring("node".length()));
          List<Integer> members = numbers(text(node.resolve("cpulist")));
          cells.add(
              new Cell(
                  id,
                  kibibytes(node.resolve("meminfo"), "MemTotal:"),
                  hugePages(node.resolve("hugepages")),
                  distances(node.resolve("distance"), nodes),
                  cpus.stream().filter(cpu -> members.contains(cpu.id())).toList()));
        }
      }
    }
    cells.sort(Comparator.comparingInt(Cell::id));
    return cells.isEmpty()
        ? List.of(new Cell(0, memory, new TreeMap<>(), new TreeMap<>(), cpus))
        : cells;
  }

  private static String siblings(Path topology, int id) throws IOException {
    Path list = topology.resolve("thread_siblings_list");
    return Files.exists(list) ? text(list).trim() : String.valueOf(id);
  }

  private static SortedMap<Long, Long> hugePages(Path folder) throws IOException {
    SortedMap<Long, Long> pages = new TreeMap<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> sizes = Files.list(folder)) {
        for (Path size : sizes.toList()) {
          String digits = size.getFileName().toString().replaceAll("[^0-9]", "");
          pages.put(Long.parseLong(digits), Long.parseLong(text(size.resolve(COUNT)).trim()));
        }
      }
    }
    return pages;
  }

  /** The kernel tells the distances to the cells that are on, in the order of their numbers. */
  private static SortedMap<Integer, Integer> distances(Path file, Path nodes) throws IOException {
    SortedMap<Integer, Integer> distances = new TreeMap<>();
    Path online = nodes.resolve("online");
    if (Files.exists(file) && Files.exists(online)) {
      List<Integer> cells = numbers(text(online));
      String[] values = text(file).trim().split("\\s+");
      for (int i = 0; i < Math.min(cells.size(), values.length); i++) {
        distances.put(cells.get(i), Integer.parseInt(values[i]));
      }
    }
    return distances;
  }

  private static boolean isNode(Path path) {
    return path.getFileName().toString().matches("node[0-9]+");
  }

  private static int mhz(Path root) throws IOException {
    for (String line : text(root.resolve("proc/cpuinfo")).split("\n")) {
      if (line.startsWith("cpu MHz")) {
        return (int) Double.parseDouble(line.substring(line.indexOf(':') + 1).trim());
      }
    }
    return 0;
  }

  /** Returns the value of a line such as {@code Node 0 MemTotal: 123 kB}. */
  private static long kibibytes(Path file, String key) throws IOException {
    for (String line : text(file).split("\n")) {
      int at = line.indexOf(key);
      if (at >= 0) {
        return Long.parseLong(line.substring(at + key.length()).replace("kB", "").trim());
      }
    }
    return 0;
  }

  /** Reads the kernel's lists, such as {@code 0-3,8}. */
  static List<Integer> numbers(String list) {
    List<Integer> numbers = new ArrayList<>();
    for (String part : list.trim().split(",")) {
      if (part.isEmpty()) {
        continue;
      }
      String[] ends = part.split("-");
      int last = Integer.parseInt(ends[ends.length - 1]);
      for (int i = Integer.parseInt(ends[0]); i <= last; i++) {
        numbers.add(i);
      }
    }
    return numbers;
  }

  private static int number(Path file) throws IOException {
    return Files.exists(file) ? Integer.parseInt(text(file).trim()) : 0;
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }

  /** Returns the architecture in QEMU's words. */
  public static String architecture() {
    String name = System.getProperty("os.arch");
    return name.equals("amd64") ? "x86_64" : name;
  }

  /** Returns it in the form of the API. */
  public NodeInfo nodeInfo() {
    int count = 0;
    int sockets = 1;
    int cores = 1;
    int threads = 1;
    for (Cell cell : cells) {
      count += cell.cpus().size();
      Map<Integer, Map<Integer, Integer>> places = places(cell.cpus());
      sockets = Math.max(sockets, places.size());
      for (Map<Integer, Integer> socket : places.values()) {
        cores = Math.max(cores, socket.size());
        threads = Math.max(threads, socket.values().stream().mapToInt(n -> n).max().orElse(1));
      }
    }
    NodeInfo.Topology topology = new NodeInfo.Topology(cells.size(), sockets, cores, threads);
    return new NodeInfo(architecture(), memoryKiB, count, mhz, topology);
  }

  /** Returns how many CPUs each core of each socket has. */
  private static Map<Integer, Map<Integer, Integer>> places(List<Cpu> cpus) {
    Map<Integer, Map<Integer, Integer>> places = new TreeMap<>();
    for (Cpu cpu : cpus) {
      places.computeIfAbsent(cpu.socket(), s -> new TreeMap<>()).merge(cpu.core(), 1, Integer::sum);
    }
    return places;
  }
}
