package org.virt.driver.qemu.internal.device;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.driver.qemu.internal.guest.Refusal;

/** What is refused of memory devices. */
final class MemoryDeviceCheck {
  /** In KiB. */
  private static final long MIN_LABEL = 128;

  /** In KiB, as large as a large page. */
  private static final long MIN_BLOCK = 2048;

  private MemoryDeviceCheck() {}

  static void run(Guest guest, Node memory) throws VirtException {
    memory.require("@model");
    memory.oneOf("@model", "dimm", "nvdimm", "virtio-pmem", "virtio-mem", "sgx-epc");
    memory.require("target/size");
    String model = memory.get("@model");
    boolean plugged = model.matches("dimm|nvdimm|virtio-mem|virtio-pmem");
    if (plugged && !guest.root().has("maxMemory")) {
      throw Refusal.of(memory.path(), "needs <maxMemory>");
    }
    boolean numa = guest.root().has("cpu/numa");
    if (model.matches("dimm|nvdimm") && !numa && guest.board() != Board.PSERIES) {
      throw Refusal.of(memory.path(), "needs NUMA nodes of the guest (<cpu><numa>)");
    }
    node(guest, memory, model);
    if (model.equals("virtio-pmem") && !memory.is("@access", "shared")) {
      throw Refusal.of(memory.path("@access"), "'virtio-pmem' is shared");
    }
    if (model.matches("nvdimm|virtio-pmem")) {
      memory.require("source/path");
    }
    long size = Long.parseLong(memory.get("target/size"));
    String label = memory.get("target/label/size");
    if (label != null && (Long.parseLong(label) < MIN_LABEL || Long.parseLong(label) >= size)) {
      throw Refusal.xml(
          memory.path("target/label/size"), label + " KiB is not within 128 KiB and the size");
    }
    if (model.equals("virtio-mem")) {
      blocks(memory, size);
    }
    if (memory.is("address/@type", "dimm")) {
      slot(guest, memory);
    } else if (model.matches("dimm|nvdimm") && memory.has("address/@type")) {
      throw Refusal.of(memory.path("address/@type"), "can only be 'dimm'");
    }
  }

  private static void node(Guest guest, Node memory, String model) throws VirtException {
    String node = memory.get("target/node");
    Node cells = guest.root().child("cpu/numa");
    if (model.equals("virtio-pmem") && node != null) {
      throw Refusal.of(memory.path("target/node"), "'virtio-pmem' is on no node");
    }
    if (cells == null || model.equals("virtio-pmem") || model.equals("sgx-epc")) {
      return;
    }
    if (node == null) {
      throw Refusal.of(memory.path("target/node"), "missing");
    }
    if (Numbers.parse(node) >= cells.children("cell").size()) {
      throw Refusal.of(memory.path("target/node"), "the machine has no NUMA node " + node);
    }
  }

  private static void blocks(Node memory, long size) throws VirtException {
    long block = Long.parseLong(memory.get("target/block", "0"));
    if (block < MIN_BLOCK) {
      throw Refusal.of(memory.path("target/block"), block + " KiB is less than " + MIN_BLOCK);
    }
    if (Long.bitCount(block) != 1) {
      throw Refusal.of(memory.path("target/block"), block + " KiB is not a power of two");
    }
    long requested = Long.parseLong(memory.get("target/requested", "0"));
    if (requested > size || requested % block != 0) {
      throw Refusal.of(
          memory.path("target/requested"), requested + " KiB is no part of the size in blocks");
    }
  }

  private static void slot(Guest guest, Node memory) throws VirtException {
    long slots = guest.root().child("maxMemory").number("@slots", 0);
    long slot = memory.number("address/@slot", 0);
    if (slot >= slots) {
      throw Refusal.of(memory.path("address/@slot"), slot + " is not one of " + slots + " slots");
    }
    Long base = memory.number("address/@base");
    for (Node other : guest.devices("memory")) {
      if (other == memory || !other.is("address/@type", "dimm")) {
        continue;
      }
      if (other.number("address/@slot", -1) == slot) {
        throw Refusal.of(memory.path("address/@slot"), "'" + slot + "' is there twice");
      }
      if (base != null && base.equals(other.number("address/@base"))) {
        throw Refusal.of(memory.path("address/@base"), "is there twice");
      }
    }
  }
}
