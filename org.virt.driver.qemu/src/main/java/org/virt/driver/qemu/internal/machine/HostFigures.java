package org.virt.driver.qemu.internal.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.domain.CpuSet;
import org.virt.api.domain.HostStatistics;
import org.virt.api.domain.TypedParameters;
import org.virt.driver.qemu.internal.host.HostCpus;
import org.virt.driver.qemu.internal.host.QemuBinaries;
import org.virt.driver.qemu.internal.linux.HostPages;

/** What the host has and uses (proc(5)). */
final class HostFigures implements HostStatistics {
  private static final long TICK_NANOS = 10_000_000;
  private static final long KIB = 1024;

  private final QemuBinaries binaries;
  private final SamePages pages = new SamePages(Path.of("/sys/kernel/mm/ksm"));
  private final Smbios smbios = new Smbios(Path.of("/sys/class/dmi/id"));

  HostFigures(QemuBinaries binaries) {
    this.binaries = binaries;
  }

  private static List<String> lines(String file) throws VirtException {
    try {
      return Files.readAllLines(Path.of(file));
    } catch (IOException e) {
      throw new VirtException(ErrorCode.SYSTEM_ERROR, "read " + file + ": " + e, e);
    }
  }

  @Override
  public TypedParameters cpuStats(OptionalInt cpu) throws VirtException {
    String name = cpu.isPresent() ? "cpu" + cpu.getAsInt() : "cpu";
    for (String line : lines("/proc/stat")) {
      String[] words = line.split(" +", -1);
      if (words[0].equals(name)) {
        return TypedParameters.builder()
            .ullong("kernel", nanos(words, 3, 6, 7))
            .ullong("user", nanos(words, 1, 2))
            .ullong("idle", nanos(words, 4))
            .ullong("iowait", nanos(words, 5))
            .build();
      }
    }
    throw new VirtException(
        ErrorCode.INVALID_ARG, "get CPU statistics: there is no CPU " + name.substring(3));
  }

  private static long nanos(String[] words, int... fields) {
    long ticks = 0;
    for (int field : fields) {
      ticks += Long.parseLong(words[field]);
    }
    return ticks * TICK_NANOS;
  }

  private static Map<String, Long> memory() throws VirtException {
    Map<String, Long> values = new TreeMap<>();
    for (String line : lines("/proc/meminfo")) {
      String[] words = line.split("[: ]+", -1);
      values.put(words[0], Long.parseLong(words[1]));
    }
    return values;
  }

  @Override
  public TypedParameters memoryStats(OptionalInt cell) throws VirtException {
    if (cell.isPresent() && cell.getAsInt() != 0) {
      throw new VirtException(
          ErrorCode.INVALID_ARG, "get memory statistics: there is no NUMA cell " + cell.getAsInt());
    }
    Map<String, Long> values = memory();
    TypedParameters.Builder out =
        TypedParameters.builder()
            .ullong("total", values.get("MemTotal"))
            .ullong("free", values.get("MemFree"));
    if (cell.isEmpty()) {
      out.ullong("buffers", values.get("Buffers")).ullong("cached", values.get("Cached"));
    }
    return out.build();
  }

  @Override
  public long freeMemory() throws VirtException {
    return memory().get("MemFree") * KIB;
  }

  @Override
  public List<Long> cellsFreeMemory() throws VirtException {
    return List.of(freeMemory());
  }

  @Override
  public List<List<Long>> freePages(List<Long> sizes) throws VirtException {
    return HostPages.OF_HOST.free(sizes);
  }

  @Override
  public CpuMap cpuMap() throws VirtException {
    CpuSet present = CpuSet.parse(lines("/sys/devices/system/cpu/present").get(0));
    CpuSet online = CpuSet.parse(lines("/sys/devices/system/cpu/online").get(0));
    return new CpuMap(present.cpus().last() + 1, online);
  }

  @Override
  public TypedParameters memoryParameters() throws VirtException {
    return pages.read();
  }

  @Override
  public void setMemoryParameters(TypedParameters parameters) throws VirtException {
    pages.write(parameters);
  }

  @Override
  public String sysinfo() throws VirtException {
    return smbios.xml();
  }

  @Override
  public int maxVcpus(String type) throws VirtException {
    if (!type.isEmpty() && !type.matches("(?i)kvm|qemu")) {
      throw new VirtException(ErrorCode.INVALID_ARG, "unknown type '" + type + "'");
    }
    Path emulator = Path.of(binaries.emulator(HostCpus.architecture()));
    return binaries.ask(emulator).machines().stream()
        .filter(machine -> machine.alias().filter("pc"::equals).isPresent())
        .mapToInt(machine -> machine.maxCpus())
        .findFirst()
        .orElse(1);
  }
}
