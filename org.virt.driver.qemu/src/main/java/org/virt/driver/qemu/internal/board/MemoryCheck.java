package org.virt.driver.qemu.internal.board;

import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.device.NodeSets;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/** What is refused of memory and its placement. */
final class MemoryCheck {
  private MemoryCheck() {}

  static void run(Guest guest, Node root) throws VirtException {
    NumaPart.check(root);
    Node backing = root.child("memoryBacking");
    if (backing != null) {
      backing(guest, root, backing);
    }
    Node tune = root.child("numatune");
    if (tune != null) {
      tune(root, tune);
    }
    Node max = root.child("maxMemory");
    if (max != null && max.number("@slots", 0) < 1 && !guest.board().equals(Board.S390)) {
      throw Refusal.xml("/domain/maxMemory/@slots", "missing");
    }
    if (max != null && guest.board().isPc() && !root.has("cpu/numa")) {
      throw Refusal.of("/domain/maxMemory", "needs NUMA nodes of the guest (<cpu><numa>)");
    }
    if (max != null && Long.parseLong(max.text()) < Long.parseLong(root.get("memory"))) {
      throw Refusal.xml("/domain/maxMemory", "is less than the memory");
    }
  }

  private static void backing(Guest guest, Node root, Node backing) throws VirtException {
    backing.oneOf("source/@type", "file", "anonymous", "memfd");
    backing.oneOf("access/@mode", "shared", "private");
    backing.oneOf("allocation/@mode", "immediate", "ondemand");
    Node pages = backing.child("hugepages");
    if (pages == null) {
      return;
    }
    if (backing.is("source/@type", "anonymous") || backing.is("allocation/@mode", "ondemand")) {
      throw Refusal.of(pages.path(), "are neither anonymous nor taken on demand");
    }
    Node numa = root.child("cpu/numa");
    int cells = numa == null ? 0 : numa.children("cell").size();
    Set<Integer> nodes = new HashSet<>();
    boolean rest = false;
    for (Node page : pages.children("page")) {
      Set<Integer> own = page.has("@nodeset") ? NodeSets.parse(page, "@nodeset") : Set.of();
      if (own.isEmpty() ? rest : !Collections.disjoint(nodes, own)) {
        throw Refusal.xml(page.path("@nodeset"), "another size is for the same nodes");
      }
      rest |= own.isEmpty();
      nodes.addAll(own);
      long size = page.number("@size");
      boolean known = guest.board().isPc() ? Set.of(4L, 2048L, 1048576L).contains(size) : size > 0;
      if (!known) {
        throw Refusal.of(page.path("@size"), "the host has no pages of " + size + " KiB");
      }
      if (page.has("@nodeset")) {
        int last = 0;
        for (int node : NodeSets.parse(page, "@nodeset")) {
          last = Math.max(last, node);
        }
        if (last >= Math.max(cells, 1)) {
          throw Refusal.xml(page.path("@nodeset"), "the machine has no NUMA node " + last);
        }
      }
    }
  }

  /** Refuses NUMA nodes that the host does not have. */
  static void nodes(Machine machine, Node root) throws VirtException {
    Node tune = root.child("numatune");
    for (Node each : tune == null ? List.<Node>of() : tune.children()) {
      for (int node : each.has("@nodeset") ? NodeSets.parse(each, "@nodeset") : Set.<Integer>of()) {
        if (!machine.facts().hasNode(node)) {
          throw Refusal.of(each.path("@nodeset"), "the host has no NUMA node " + node);
        }
      }
    }
  }

  private static void tune(Node root, Node tune) throws VirtException {
    Node memory = tune.child("memory");
    if (memory != null) {
      memory.oneOf("@mode", "strict", "preferred", "interleave", "restrictive");
      memory.oneOf("@placement", "static", "auto");
      if (memory.has("@nodeset")) {
        NodeSets.parse(memory, "@nodeset");
      } else if (memory.is("@placement", "static")) {
        throw Refusal.of(memory.path("@nodeset"), "missing");
      }
    }
    Node numa = root.child("cpu/numa");
    int cells = numa == null ? 0 : numa.children("cell").size();
    Set<Long> bound = new HashSet<>();
    for (Node node : tune.children("memnode")) {
      if (memory != null && memory.is("@placement", "auto")) {
        throw Refusal.of(node.path(), "does not go with automatic placement");
      }
      node.oneOf("@mode", "strict", "preferred", "interleave", "restrictive");
      NodeSets.parse(node, "@nodeset");
      Long cell = node.number("@cellid");
      if (cell == null || cell >= cells) {
        throw Refusal.xml(node.path("@cellid"), "the machine has no NUMA node " + cell);
      }
      if (!bound.add(cell)) {
        throw Refusal.xml(node.path("@cellid"), "'" + cell + "' is there twice");
      }
      boolean restrictive = memory != null && memory.is("@mode", "restrictive");
      if (memory != null && restrictive != node.is("@mode", "restrictive")) {
        throw Refusal.xml(node.path("@mode"), "'restrictive' is for all nodes or for none");
      }
    }
  }
}
