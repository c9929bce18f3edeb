package org.virt.driver.qemu.internal.board;

import java.util.List;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.device.Backing;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.Refusal;

/** How much memory a machine has, and where it comes from. */
public final class MemorySizes implements Part {
  private static final long KIB = 1024;

  /** Means no limit, in KiB (libvirt's VIR_DOMAIN_MEMORY_PARAM_UNLIMITED). */
  private static final long UNLIMITED = (1L << 53) - 4;

  @Override
  public void complete(Guest guest, Node root) throws VirtException {
    NumaPart.complete(root);
    Node memory = root.child("memory");
    long cells = NumaPart.memory(root);
    if (memory == null || memory.text().isEmpty()) {
      if (cells == 0) {
        throw Refusal.xml("/domain/memory", "missing");
      }
      memory = root.ensure("memory").text(Long.toString(cells)).set("unit", "KiB");
    }
    Numbers.toKib(memory);
    long devices = 0;
    for (Node device : guest.devices("memory")) {
      devices += Long.parseLong(device.get("target/size", "0"));
    }
    if (cells > 0 && Long.parseLong(memory.text()) < cells + devices) {
      memory.text(Long.toString(cells + devices));
    }
    long all = Long.parseLong(memory.text());
    if (all == 0) {
      throw Refusal.xml("/domain/memory", "is 0");
    }
    Node current = root.child("currentMemory");
    if (current == null) {
      current = root.add(Node.of("currentMemory", "unit", "KiB").text(memory.text()));
    }
    Numbers.toKib(current);
    long now = Long.parseLong(current.text());
    if (now == 0 || now > all) {
      current.text(memory.text());
    }
    Numbers.toKib(root.child("maxMemory"));
    limits(root);
    pages(root);
  }

  private static void limits(Node root) throws VirtException {
    Node tune = root.child("memtune");
    if (tune != null) {
      for (Node limit : List.copyOf(tune.children())) {
        Numbers.toKib(limit);
        if (Long.parseLong(limit.text()) >= UNLIMITED) {
          limit.remove();
        }
      }
      if (tune.children().isEmpty()) {
        tune.remove();
      }
    }
  }

  private static void pages(Node root) throws VirtException {
    Node pages = root.child("memoryBacking/hugepages");
    if (pages != null) {
      for (Node page : pages.children("page")) {
        page.set("size", Long.toString(Numbers.kib(page, page.require("@size"), "KiB")));
        page.set("unit", "KiB");
      }
    }
  }

  @Override
  public void check(Guest guest, Node root) throws VirtException {
    MemoryCheck.run(guest, root);
  }

  /** Returns the KiB that the machine begins with, without memory devices. */
  static long initial(Guest guest) {
    long all = Long.parseLong(guest.root().get("memory"));
    for (Node device : guest.devices("memory")) {
      if (!device.is("@model", "sgx-epc")) {
        all -= Long.parseLong(device.get("target/size", "0"));
      }
    }
    return all;
  }

  /** Returns the name of the backend of the whole memory; null with NUMA nodes. */
  static String mainBackend(Guest guest) {
    if (guest.root().has("cpu/numa")) {
      return null;
    }
    return switch (guest.board()) {
      case VIRT -> "mach-virt.ram";
      case MICROVM -> "microvm.ram";
      default -> "pc.ram";
    };
  }

  @Override
  public void write(Machine machine, Node root, CommandLine out) throws VirtException {
    Guest guest = machine.guest();
    MemoryCheck.nodes(machine, root);
    // QEMU takes whole MiB; rounded up, so that the guest has what it was promised.
    long mebibytes = NumaPart.aligned(guest, initial(guest)) / KIB;
    Node max = root.child("maxMemory");
    if (max == null) {
      out.add("-m", Long.toString(mebibytes));
    } else {
      String slots = ",slots=" + max.number("@slots", 0) + ",maxmem=" + max.text() + "k";
      out.add("-m", "size=" + mebibytes * KIB + "k" + slots);
    }
    String main = mainBackend(guest);
    if (main != null) {
      out.add("-object", Backing.object(machine, main, mebibytes * KIB * KIB, null, null));
    }
    boolean locked = root.has("memoryBacking/locked");
    out.add("-overcommit", "mem-lock=" + (locked ? "on" : "off"));
  }
}
