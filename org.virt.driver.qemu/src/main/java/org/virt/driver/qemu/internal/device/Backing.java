package org.virt.driver.qemu.internal.device;

import java.util.ArrayList;
import java.util.List;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.driver.qemu.internal.guest.Props;

/** Where the memory of a guest comes from. */
public final class Backing {
  private static final long KIB = 1024;
  private static final long DEFAULT_PAGE = 2048;

  private Backing() {}

  /** Says whether memory is taken at the start. */
  static boolean isPreallocated(Guest guest) {
    Node backing = guest.root().child("memoryBacking");
    return backing != null
        && (backing.is("allocation/@mode", "immediate") || backing.has("hugepages"));
  }

  /** Returns the object of a memory device. */
  static Props ofDevice(Machine machine, Node device, String id, long size) throws VirtException {
    String path = device.get("source/path");
    String node = device.get("target/node");
    if (path == null) {
      Node pages = device.child("source/pagesize");
      Long page = pages == null ? null : Long.parseLong(pages.text());
      Props props = object(machine, id, size, node, page);
      // The guest takes what it is asked to; the rest is not kept for it.
      props.put("reserve", device.is("@model", "virtio-mem") ? false : null);
      discard(props, device.flag("@discard"), machine.guest());
      String nodes = device.get("source/nodemask");
      return nodes == null ? props : bind(props, nodes, "bind");
    }
    Props file = Props.object("memory-backend-file", id).put("mem-path", path).put("size", size);
    boolean shared = device.is("@access", "shared") || device.is("@model", "virtio-pmem");
    file.put("share", shared);
    file.put("readonly", device.has("target/readonly") ? true : null);
    file.put("pmem", device.has("source/pmem") ? true : null);
    String align = device.get("source/alignsize");
    return file.put("align", align == null ? null : Long.parseLong(align) * KIB);
  }

  /**
   * Returns the object of a part of the main memory.
   *
   * @param cell number of the guest's NUMA node, null without nodes
   * @param page size of its pages in KiB; null: as memoryBacking says
   */
  public static Props object(Machine machine, String id, long size, String cell, Long page)
      throws VirtException {
    Guest guest = machine.guest();
    Node backing = guest.root().ensure("memoryBacking");
    Long huge = page == null ? page(guest, cell) : plain(page);
    boolean shared = isShared(guest, cell);
    String source = backing.get("source/@type", "");
    Props props;
    if (source.equals("memfd")) {
      props = Props.object("memory-backend-memfd", id);
      props.put("hugetlb", huge == null ? null : true);
      props.put("hugetlbsize", huge == null ? null : huge * KIB);
      props.put("share", shared);
    } else if (huge != null) {
      props = Props.object("memory-backend-file", id);
      props.put("mem-path", machine.facts().hugepages(huge)).put("share", shared ? true : null);
    } else if (source.equals("file") || shared) {
      props = Props.object("memory-backend-file", id);
      props.put("mem-path", machine.facts().memoryFolder()).put("share", shared ? true : null);
    } else {
      props = Props.object("memory-backend-ram", id);
    }
    boolean main = cell == null && id.endsWith(".ram");
    if (main && !props.get("qom-type").equals("memory-backend-ram")) {
      // Saved memory is found by the name of the board's memory, whatever is behind it.
      props.put("x-use-canonical-path-for-ramblock-id", false);
    }
    boolean now = backing.is("allocation/@mode", "immediate") || huge != null;
    props.put("prealloc", now ? true : null);
    props.put("prealloc-threads", now ? backing.number("allocation/@threads") : null);
    props.put("merge", backing.has("nosharepages") ? false : null);
    props.put("size", size);
    discard(props, cellDiscard(guest, cell), guest);
    return numa(guest, props, cell);
  }

  /** What is in files is thrown away at the end when that is asked for. */
  private static void discard(Props props, Boolean own, Guest guest) {
    boolean all = own == null && guest.root().has("memoryBacking/discard");
    boolean file = props.get("qom-type").equals("memory-backend-file");
    props.put("discard-data", !file ? null : all ? (Boolean) true : own);
  }

  private static Boolean cellDiscard(Guest guest, String cell) throws VirtException {
    Node numa = guest.root().child("cpu/numa");
    for (Node each : cell == null || numa == null ? List.<Node>of() : numa.children("cell")) {
      if (each.is("@id", cell)) {
        return each.flag("@discard");
      }
    }
    return null;
  }

  private static boolean isShared(Guest guest, String cell) {
    Node numa = guest.root().child("cpu/numa");
    if (cell != null && numa != null) {
      for (Node each : numa.children("cell")) {
        if (each.is("@id", cell) && each.has("@memAccess")) {
          return each.is("@memAccess", "shared");
        }
      }
    }
    return guest.root().is("memoryBacking/access/@mode", "shared");
  }

  private static Long page(Guest guest, String cell) throws VirtException {
    Node hugepages = guest.root().child("memoryBacking/hugepages");
    if (hugepages == null) {
      return null;
    }
    Long any = null;
    for (Node page : hugepages.children("page")) {
      long size = Numbers.kib(page, page.get("@size"), "KiB");
      if (!page.has("@nodeset")) {
        any = size;
      } else if (cell != null && NodeSets.parse(page, "@nodeset").contains(Integer.valueOf(cell))) {
        return plain(size);
      }
    }
    boolean bare = hugepages.children("page").isEmpty();
    return any != null ? plain(any) : bare ? DEFAULT_PAGE : null;
  }

  private static Long plain(long size) {
    return size == 4 ? null : size;
  }

  private static Props numa(Guest guest, Props props, String cell) throws VirtException {
    Node tune = guest.root().child("numatune");
    if (tune == null) {
      return props;
    }
    for (Node node : tune.children("memnode")) {
      if (cell != null && node.is("@cellid", cell)) {
        return bind(props, node.get("@nodeset"), node.get("@mode", "strict"));
      }
    }
    Node memory = tune.child("memory");
    boolean all = memory != null && memory.has("@nodeset");
    return all ? bind(props, memory.get("@nodeset"), memory.get("@mode", "strict")) : props;
  }

  private static Props bind(Props props, String nodes, String mode) throws VirtException {
    if (mode.equals("restrictive")) {
      return props;
    }
    Node holder = Node.of("nodeset", "nodeset", nodes);
    props.put("host-nodes", new ArrayList<>(NodeSets.parse(holder, "@nodeset")));
    return props.put("policy", mode.equals("strict") ? "bind" : mode);
  }
}
