package org.virt.driver.qemu.internal.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * Pages of this host's memory, by NUMA cell and size (sysfs-devices-node).
 *
 * @param nodes the folder of the cells
 */
public record HostPages(Path nodes) {
  /** Those of this host. */
  public static final HostPages OF_HOST = new HostPages(Path.of("/sys/devices/system/node"));

  private static final long KIB = 1024;
  private static final Pattern FREE = Pattern.compile("MemFree: *([0-9]+) kB");
  private static final Pattern HUGE = Pattern.compile("hugepages-([0-9]+)kB");

  /** Returns the size of a page that is not huge, KiB. */
  public static long usual() {
    return Libc.getpagesize() / KIB;
  }

  /** Returns the sizes that a cell has, KiB, sorted. */
  public List<Long> sizes(int cell) throws VirtException {
    List<Long> sizes = new ArrayList<>(List.of(usual()));
    Path huge = folder(cell).resolve("hugepages");
    if (Files.isDirectory(huge)) {
      try (Stream<Path> all = Files.list(huge)) {
        all.map(path -> HUGE.matcher(path.getFileName().toString()))
            .filter(Matcher::matches)
            .forEach(size -> sizes.add(Long.parseLong(size.group(1))));
      } catch (IOException e) {
        throw failed(huge, e);
      }
    }
    return sizes.stream().sorted().toList();
  }

  /** Returns how many are free in each cell, for each of some sizes in KiB. */
  public List<List<Long>> free(List<Long> sizes) throws VirtException {
    List<List<Long>> cells = new ArrayList<>();
    for (int cell = 0; Files.isDirectory(folder(cell)); cell++) {
      List<Long> counts = new ArrayList<>();
      for (long size : sizes) {
        counts.add(free(cell, size));
      }
      cells.add(counts);
    }
    return cells;
  }

  private long free(int cell, long size) throws VirtException {
    if (!sizes(cell).contains(size)) {
      throw new VirtException(
          ErrorCode.OPERATION_FAILED, "page size " + size + " is not available on node " + cell);
    }
    if (size != usual()) {
      return Long.parseLong(
          read(folder(cell).resolve("hugepages/hugepages-" + size + "kB/free_hugepages")));
    }
    Path file = folder(cell).resolve("meminfo");
    Matcher free = FREE.matcher(read(file));
    if (!free.find()) {
      throw failed(file, new IOException("it does not tell MemFree"));
    }
    return Long.parseLong(free.group(1)) / size;
  }

  private Path folder(int cell) {
    return nodes.resolve("node" + cell);
  }

  private static String read(Path file) throws VirtException {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  private static VirtException failed(Path file, IOException e) {
    return new VirtException(ErrorCode.SYSTEM_ERROR, "read " + file + ": " + e.getMessage(), e);
  }
}
