package org.virt.driver.qemu.internal.device;

import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.PciKind;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Memory that machines share. */
public final class ShmemPart implements Part {
  private static final long MIB = 1024L * 1024;

  @Override
  public void complete(Guest guest, Node shmem) throws VirtException {
    if (!shmem.has("model/@type")) {
      shmem.ensure("model").set("type", "ivshmem");
    }
    if (!shmem.has("size") && !shmem.is("model/@type", "ivshmem-doorbell")) {
      shmem.add(Node.of("size", "unit", "M").text("4"));
    }
    Node size = shmem.child("size");
    if (size != null) {
      long bytes = Numbers.bytes(size, size.text(), "bytes");
      if (bytes < MIB) {
        throw Refusal.xml(size.path(), "is less than 1 MiB");
      }
      if (Long.bitCount(bytes) != 1) {
        throw Refusal.xml(size.path(), "is not a power of two");
      }
      size.text(Long.toString(bytes / MIB)).set("unit", "M");
    }
  }

  @Override
  public PciKind pci(Guest guest, Node shmem) {
    return PciKind.PCI;
  }

  @Override
  public void check(Guest guest, Node shmem) throws VirtException {
    shmem.oneOf("model/@type", "ivshmem", "ivshmem-plain", "ivshmem-doorbell");
    if (shmem.require("@name").contains("/")) {
      throw Refusal.of(shmem.path("@name"), "holds a slash");
    }
    if (shmem.has("address/@type") && !shmem.is("address/@type", "pci")) {
      throw Refusal.of(shmem.path("address/@type"), "can only be 'pci'");
    }
    boolean server = shmem.has("server");
    if (shmem.has("msi") && !server) {
      throw Refusal.xml(shmem.path("msi"), "needs a server");
    }
    switch (shmem.get("model/@type")) {
      case "ivshmem" ->
          throw Refusal.of(
              shmem.path("model/@type"),
              "QEMU no longer has 'ivshmem'; use 'ivshmem-plain' or 'ivshmem-doorbell'");
      case "ivshmem-plain" -> {
        if (server) {
          throw Refusal.of(shmem.path("server"), "needs model 'ivshmem-doorbell'");
        }
      }
      default -> {
        if (!server) {
          throw Refusal.of(shmem.path("server"), "missing");
        }
        if (shmem.has("size")) {
          throw Refusal.of(shmem.path("size"), "is the server's to say");
        }
      }
    }
  }

  @Override
  public void write(Machine machine, Node shmem, CommandLine out) throws VirtException {
    String alias = Machine.alias(shmem);
    Props props = Props.device(shmem.get("model/@type")).put("id", alias);
    if (shmem.is("model/@type", "ivshmem-plain")) {
      long size = Long.parseLong(shmem.get("size")) * MIB;
      Props memory = Props.object("memory-backend-file", "shmmem-" + alias);
      memory.put("mem-path", "/dev/shm/" + shmem.get("@name")).put("size", size);
      out.add("-object", memory.put("share", true));
      props.put("memdev", "shmmem-" + alias);
      props.put("master", shmem.has("@role") ? shmem.is("@role", "master") : null);
    } else {
      String path = CommandLine.escape(shmem.require("server/@path"));
      out.add("-chardev", "socket,id=char" + alias + ",path=" + path);
      props.put("chardev", "char" + alias).put("vectors", shmem.number("msi/@vectors"));
      props.put("ioeventfd", shmem.flag("msi/@ioeventfd"));
    }
    out.device(machine.place(props, shmem));
  }
}
