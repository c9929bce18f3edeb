package org.virt.driver.qemu.internal.device;

import java.util.List;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.PciKind;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Memory devices: DIMMs, NVDIMMs, virtio memory. */
public final class MemoryPart implements Part {
  private static final long KIB = 1024;

  /** In KiB. */
  private static final long POWER_BLOCK = 256 * KIB;

  @Override
  public void complete(Guest guest, Node memory) throws VirtException {
    Node target = memory.ensure("target");
    for (String size : List.of("size", "block", "requested", "current")) {
      Numbers.toKib(target.child(size));
    }
    Node label = target.child("label");
    if (label != null) {
      Numbers.toKib(label.child("size"));
    }
    if (guest.board() == Board.PSERIES) {
      blocks(memory, target);
    }
    if (memory.is("@model", "virtio-pmem")) {
      memory.fill("access", "shared");
    }
    if (memory.is("@model", "virtio-mem") && !target.has("requested")) {
      target.add(Node.of("requested", "unit", "KiB").text("0"));
    }
    Node source = memory.child("source");
    if (source != null) {
      Numbers.toKib(source.child("pagesize"));
      Numbers.toKib(source.child("alignsize"));
    }
    if (memory.is("@model", "dimm", "nvdimm")) {
      Node address = memory.child("address");
      if (address == null) {
        address = memory.add(Node.of("address", "type", "dimm"));
      }
      if (!address.has("@slot") && address.is("@type", "dimm")) {
        address.set("slot", Integer.toString(freeSlot(guest)));
      }
      if (address.has("@base")) {
        address.set("base", Numbers.hex(address.number("@base"), 1));
      }
    }
  }

  /** POWER takes memory in blocks: of an NVDIMM whole ones count, others are filled up. */
  private static void blocks(Node memory, Node target) {
    String size = target.get("size", "");
    if (!size.isEmpty()) {
      boolean nvdimm = memory.is("@model", "nvdimm");
      long label = nvdimm ? Long.parseLong(target.get("label/size", "0")) : 0;
      long kib = Long.parseLong(size) - label + (nvdimm ? 0 : POWER_BLOCK - 1);
      target.child("size").text(Long.toString(kib / POWER_BLOCK * POWER_BLOCK + label));
    }
  }

  private static int freeSlot(Guest guest) {
    int slot = 0;
    while (hasSlot(guest, slot)) {
      slot++;
    }
    return slot;
  }

  private static boolean hasSlot(Guest guest, int slot) {
    String wanted = Integer.toString(slot);
    return guest.devices("memory").stream().anyMatch(m -> m.is("address/@slot", wanted));
  }

  @Override
  public PciKind pci(Guest guest, Node memory) {
    return memory.is("@model", "virtio-mem", "virtio-pmem")
        ? Virtio.pci(guest, memory, null)
        : PciKind.NONE;
  }

  @Override
  public void check(Guest guest, Node memory) throws VirtException {
    MemoryDeviceCheck.run(guest, memory);
  }

  @Override
  public void write(Machine machine, Node memory, CommandLine out) throws VirtException {
    String alias = Machine.alias(memory);
    String model = memory.get("@model");
    long size = Long.parseLong(memory.get("target/size")) * KIB;
    String backend = "mem" + alias;
    out.add("-object", Backing.ofDevice(machine, memory, backend, size));
    String driver =
        switch (model) {
          case "dimm" -> "pc-dimm";
          case "nvdimm" -> "nvdimm";
          case "virtio-mem" -> "virtio-mem-pci";
          case "virtio-pmem" -> "virtio-pmem-pci";
          default -> throw Refusal.value(memory.path("@model"), model);
        };
    Props props = Props.device(driver);
    String node = memory.get("target/node");
    props.put("node", node == null ? null : Numbers.parse(node));
    String label = memory.get("target/label/size");
    props.put("label-size", label == null ? null : Long.parseLong(label) * KIB);
    props.put("unarmed", memory.has("target/readonly") ? true : null);
    if (model.equals("virtio-mem")) {
      props.put("block-size", kib(memory, "target/block"));
      props.put("requested-size", kib(memory, "target/requested"));
      props.put("prealloc", isPreallocated(machine.guest(), memory) ? true : null);
    }
    props.put("memdev", backend).put("id", alias);
    if (memory.is("address/@type", "dimm")) {
      props.put("slot", memory.number("address/@slot"));
      props.put("addr", memory.number("address/@base"));
    }
    out.device(machine.place(props, memory));
  }

  /** Huge pages are taken when they are plugged in, or they might be gone when they are used. */
  private static boolean isPreallocated(Guest guest, Node memory) {
    return Backing.isPreallocated(guest) || memory.has("source/pagesize");
  }

  private static Long kib(Node memory, String path) {
    String value = memory.get(path);
    return value == null ? null : Long.parseLong(value) * KIB;
  }
}
