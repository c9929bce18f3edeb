package org.virt.driver.qemu.internal.board;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.device.Backing;
import org.virt.driver.qemu.internal.device.NodeSets;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.Refusal;

/** NUMA nodes of the guest. */
public final class NumaPart implements Part {
  private static final long MIB = 1024;
  private static final String NEAR = "10";
  private static final int MIN_DISTANCE = 10;
  private static final int MAX_DISTANCE = 255;

  static void complete(Node root) throws VirtException {
    Node tune = root.child("numatune");
    for (Node each : tune == null ? List.<Node>of() : tune.children()) {
      NodeSets.shorten(each, "nodeset");
      if (each.name().equals("memnode")) {
        each.fill("mode", "strict");
      }
    }
    if (tune != null && tune.children().isEmpty()) {
      tune.remove();
    }
    Node pages = root.child("memoryBacking/hugepages");
    for (Node page : pages == null ? List.<Node>of() : pages.children("page")) {
      NodeSets.shorten(page, "nodeset");
    }
    Node numa = root.child("cpu/numa");
    if (numa == null) {
      return;
    }
    List<Node> cells = numa.children("cell");
    for (int i = 0; i < cells.size(); i++) {
      Node cell = cells.get(i);
      cell.fill("id", Integer.toString(i));
      String kib = Long.toString(Numbers.kib(cell, cell.require("@memory"), "KiB"));
      cell.set("memory", kib).set("unit", "KiB");
      if (cell.has("@cpus") && !cell.get("@cpus").isEmpty()) {
        cell.set("cpus", NodeSets.print(NodeSets.parse(cell, "@cpus")));
      }
    }
    List<Node> sorted = new ArrayList<>(cells);
    sorted.sort(java.util.Comparator.comparingInt(cell -> id(cell)));
    numa.drop("cell");
    sorted.forEach(numa::add);
    rest(root, sorted);
    distances(sorted);
  }

  /** The way back is as long as the way there, and to itself each node has 10. */
  private static void distances(List<Node> cells) throws VirtException {
    if (cells.stream().noneMatch(cell -> cell.has("distances"))) {
      return;
    }
    for (Node cell : cells) {
      List<Node> known = new ArrayList<>();
      for (Node other : cells) {
        String there = distance(cell, other);
        String value = there == null ? distance(other, cell) : there;
        value = value == null && cell == other ? NEAR : value;
        if (value != null) {
          known.add(Node.of("sibling", "id", other.get("@id"), "value", value));
        }
      }
      Node distances = cell.ensure("distances");
      distances.children("sibling").stream()
          .filter(sibling -> cells.stream().noneMatch(c -> c.is("@id", sibling.get("@id"))))
          .forEach(known::add);
      distances.drop("sibling");
      known.forEach(distances::add);
    }
  }

  private static String distance(Node from, Node to) throws VirtException {
    Node distances = from.child("distances");
    for (Node sibling : distances == null ? List.<Node>of() : distances.children("sibling")) {
      if (sibling.require("@id").equals(to.get("@id"))) {
        return sibling.require("@value");
      }
    }
    return null;
  }

  /** CPUs that no node names are the first node's. */
  private static void rest(Node root, List<Node> cells) throws VirtException {
    Set<Integer> first = new java.util.TreeSet<>();
    Set<Integer> others = new java.util.HashSet<>();
    for (Node cell : cells) {
      boolean has = cell.has("@cpus") && !cell.get("@cpus").isEmpty();
      Set<Integer> cpus = has ? NodeSets.parse(cell, "@cpus") : Set.of();
      (cell == cells.get(0) ? first : others).addAll(cpus);
    }
    String text = root.get("vcpu", "1");
    int count = text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : 0;
    for (int cpu = 0; cpu < count; cpu++) {
      if (!others.contains(cpu)) {
        first.add(cpu);
      }
    }
    if (!first.isEmpty()) {
      cells.get(0).set("cpus", NodeSets.print(first));
    }
  }

  private static int id(Node cell) {
    String id = cell.get("@id");
    return id.matches("[0-9]{1,6}") ? Integer.parseInt(id) : Integer.MAX_VALUE;
  }

  /** Returns the KiB of all nodes, 0 without. */
  static long memory(Node root) throws VirtException {
    long sum = 0;
    Node numa = root.child("cpu/numa");
    if (numa != null) {
      for (Node cell : numa.children("cell")) {
        sum += cell.number("@memory");
      }
    }
    return sum;
  }

  static void check(Node root) throws VirtException {
    Node numa = root.child("cpu/numa");
    if (numa == null) {
      return;
    }
    List<Node> cells = numa.children("cell");
    Set<Integer> all = new java.util.HashSet<>();
    for (int i = 0; i < cells.size(); i++) {
      Node cell = cells.get(i);
      if (id(cell) != i) {
        throw Refusal.xml(cell.path("@id"), "nodes are counted from 0, each once");
      }
      cell.oneOf("@memAccess", "shared", "private");
      distances(cell, cells.size());
      if (!cell.has("@cpus")) {
        continue;
      }
      for (int cpu : NodeSets.parse(cell, "@cpus")) {
        if (!all.add(cpu)) {
          throw Refusal.xml(cell.path("@cpus"), "CPU " + cpu + " is in another node, too");
        }
      }
    }
    Hmat.check(numa);
    long count = Numbers.parse(root.get("vcpu"));
    for (int cpu : all) {
      if (cpu >= count) {
        throw Refusal.xml(numa.path(), "there is no CPU " + cpu);
      }
    }
  }

  private static void distances(Node cell, int cells) throws VirtException {
    Node distances = cell.child("distances");
    for (Node sibling : distances == null ? List.<Node>of() : distances.children("sibling")) {
      long id = sibling.number("@id", 0);
      long value = sibling.number("@value", 0);
      boolean self = id == cell.number("@id", 0);
      if (id >= cells) {
        throw Refusal.xml(sibling.path("@id"), "there is no node " + id);
      }
      if (value < MIN_DISTANCE || value > MAX_DISTANCE || self != (value == MIN_DISTANCE)) {
        throw Refusal.xml(sibling.path("@value"), value + " cannot be so far");
      }
    }
  }

  /** Rounds each part of the memory to whole MiB, as QEMU takes it; returns the sum in KiB. */
  static long aligned(Guest guest, long initial) throws VirtException {
    Node numa = guest.root().child("cpu/numa");
    if (numa == null) {
      return up(initial);
    }
    long sum = 0;
    for (Node cell : numa.children("cell")) {
      sum += up(cell.number("@memory"));
    }
    return sum;
  }

  private static long up(long kib) {
    return (kib + MIB - 1) / MIB * MIB;
  }

  @Override
  public void write(Machine machine, Node root, CommandLine out) throws VirtException {
    Node numa = root.child("cpu/numa");
    if (numa == null) {
      return;
    }
    for (Node cell : numa.children("cell")) {
      String id = cell.get("@id");
      String backend = "ram-node" + id;
      long size = up(cell.number("@memory")) * MIB;
      out.add("-object", Backing.object(machine, backend, size, id, null));
      String cpus = "";
      if (cell.has("@cpus") && !cell.get("@cpus").isEmpty()) {
        cpus = ",cpus=" + cell.get("@cpus").replace(",", ",cpus=");
      }
      String initiator = Hmat.isGiven(root) ? Hmat.initiator(numa, cell) : "";
      out.add("-numa", "node,nodeid=" + id + cpus + initiator + ",memdev=" + backend);
    }
    Hmat.write(numa, out);
    for (Node cell : numa.children("cell")) {
      Node distances = cell.child("distances");
      if (distances != null) {
        for (Node to : distances.children("sibling")) {
          out.add(
              "-numa",
              "dist,src=%s,dst=%d,val=%d"
                  .formatted(cell.get("@id"), to.number("@id"), to.number("@value")));
        }
      }
    }
  }
}
