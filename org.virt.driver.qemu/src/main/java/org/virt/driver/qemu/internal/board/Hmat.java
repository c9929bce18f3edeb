package org.virt.driver.qemu.internal.board;

import java.util.List;
import java.util.Map;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.driver.qemu.internal.guest.Refusal;

/** What the guest is told of the speed between its NUMA nodes, and of their caches. */
final class Hmat {
  private static final long KIB = 1024;
  private static final List<String> LEVELS =
      List.of("memory", "first-level", "second-level", "third-level");
  private static final Map<String, String> ASSOCIATIVITY =
      Map.of("none", "none", "direct", "direct", "full", "complex");
  private static final Map<String, String> POLICY =
      Map.of("none", "none", "writeback", "write-back", "writethrough", "write-through");

  private Hmat() {}

  /** Says whether a machine has any of it. */
  static boolean isGiven(Node root) {
    Node numa = root.child("cpu/numa");
    return numa != null
        && (numa.has("interconnects")
            || numa.children("cell").stream().anyMatch(cell -> cell.has("cache")));
  }

  static void check(Node numa) throws VirtException {
    List<Node> cells = numa.children("cell");
    for (Node link : links(numa)) {
      for (String end : List.of("initiator", "target")) {
        long id = link.number("@" + end, 0);
        if (id >= cells.size()) {
          throw Refusal.xml(link.path("@" + end), "there is no node " + id);
        }
      }
      long cache = link.number("@cache", 0);
      Node target = cells.get((int) link.number("@target", 0));
      if (cache > 0 && target.children("cache").stream().noneMatch(c -> level(c) == cache)) {
        throw Refusal.xml(link.path("@cache"), "the target has no cache of level " + cache);
      }
      if (link.name().equals("bandwidth")) {
        link.require("@unit");
      }
    }
  }

  private static long level(Node cache) {
    return cache.get("@level", "").matches("[1-3]") ? Long.parseLong(cache.get("@level")) : 0;
  }

  private static List<Node> links(Node numa) {
    Node all = numa.child("interconnects");
    return all == null ? List.of() : all.children();
  }

  /** Returns the option for the node that reaches another fastest, its own for one with CPUs. */
  static String initiator(Node numa, Node cell) throws VirtException {
    if (!cell.get("@cpus", "").isEmpty()) {
      return ",initiator=" + cell.get("@id");
    }
    Node best = null;
    for (Node link : links(numa)) {
      boolean here = link.is("@target", cell.get("@id")) && link.number("@cache", 0) == 0;
      if (here && (best == null || isBetter(link, best))) {
        best = link;
      }
    }
    return best == null ? "" : ",initiator=" + best.get("@initiator");
  }

  /** Latency counts before bandwidth. */
  private static boolean isBetter(Node link, Node than) throws VirtException {
    if (!link.name().equals(than.name())) {
      return link.name().equals("latency");
    }
    int order = Long.compare(link.number("@value", 0), than.number("@value", 0));
    return link.name().equals("latency") ? order < 0 : order > 0;
  }

  static void write(Node numa, CommandLine out) throws VirtException {
    for (Node link : links(numa)) {
      boolean latency = link.name().equals("latency");
      String value =
          latency
              ? "latency=" + link.number("@value")
              : "bandwidth=" + Numbers.kib(link, link.get("@value"), "KiB") + "K";
      out.add(
          "-numa",
          "hmat-lb,initiator=%s,target=%s,hierarchy=%s,data-type=%s-%s,%s"
              .formatted(
                  link.get("@initiator"),
                  link.get("@target"),
                  LEVELS.get((int) link.number("@cache", 0)),
                  link.get("@type"),
                  link.name(),
                  value));
    }
    for (Node cell : numa.children("cell")) {
      for (Node cache : cell.children("cache")) {
        Node size = cache.child("size");
        Node line = cache.child("line");
        if (size == null || line == null) {
          throw Refusal.xml(cache.path(), "has no size or line");
        }
        out.add(
            "-numa",
            "hmat-cache,node-id=%s,size=%dK,level=%d,associativity=%s,policy=%s,line=%d"
                .formatted(
                    cell.get("@id"),
                    Numbers.bytes(size, size.get("@value"), "bytes") / KIB,
                    level(cache),
                    ASSOCIATIVITY.get(cache.get("@associativity")),
                    POLICY.get(cache.get("@policy")),
                    Numbers.bytes(line, line.get("@value"), "bytes")));
      }
    }
  }
}
