package org.virt.api.domain;

import java.util.BitSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;

/**
 * A set of CPUs by number, as libvirt's cpumap and its text form {@code 0-3,^2,7}.
 *
 * @param cpus their numbers
 */
public record CpuSet(TreeSet<Integer> cpus) {
  /** More than any host has. */
  private static final int LIMIT = 16384;

  public CpuSet {
    cpus = new TreeSet<>(cpus);
  }

  @Override
  public TreeSet<Integer> cpus() {
    return new TreeSet<>(cpus);
  }

  /** Returns the CPUs from 0 to a number less one. */
  public static CpuSet first(int count) {
    TreeSet<Integer> all = new TreeSet<>();
    IntStream.range(0, count).forEach(all::add);
    return new CpuSet(all);
  }

  /** Reads the text form; {@code INVALID_ARG} for any other. */
  public static CpuSet parse(String text) throws VirtException {
    TreeSet<Integer> all = new TreeSet<>();
    for (String part : text.strip().split(",", -1)) {
      String range = part.strip();
      if (!range.matches("\\^?[0-9]{1,5}|[0-9]{1,5}-[0-9]{1,5}")) {
        throw wrong(text);
      }
      if (range.startsWith("^")) {
        all.remove(Integer.parseInt(range.substring(1)));
      } else {
        String[] ends = range.split("-", -1);
        int from = Integer.parseInt(ends[0]);
        int to = Integer.parseInt(ends[ends.length - 1]);
        if (to < from || to >= LIMIT) {
          throw wrong(text);
        }
        IntStream.rangeClosed(from, to).forEach(all::add);
      }
    }
    if (all.isEmpty()) {
      throw wrong(text);
    }
    return new CpuSet(all);
  }

  /** Reads libvirt's cpumap: the lowest bit of the first byte is CPU 0. */
  public static CpuSet of(byte[] map) {
    TreeSet<Integer> all = new TreeSet<>();
    BitSet.valueOf(map).stream().forEach(all::add);
    return new CpuSet(all);
  }

  /** Returns libvirt's cpumap of a length in bytes. */
  public byte[] map(int length) {
    byte[] map = new byte[length];
    for (int cpu : cpus) {
      if (cpu / 8 < length) {
        map[cpu / 8] |= (byte) (1 << cpu % 8);
      }
    }
    return map;
  }

  /** Returns the shortest text form, such as {@code 0-3,7}; empty for no CPU. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    Integer from = cpus.isEmpty() ? null : cpus.first();
    while (from != null) {
      int to = from;
      while (cpus.contains(to + 1)) {
        to++;
      }
      text.append(text.isEmpty() ? "" : ",").append(from);
      if (to > from) {
        text.append('-').append(to);
      }
      from = cpus.higher(to);
    }
    return text.toString();
  }

  private static VirtException wrong(String text) {
    return new VirtException(
        ErrorCode.INVALID_ARG, "read CPUs: Failed to parse bitmap '" + text + "'");
  }
}
