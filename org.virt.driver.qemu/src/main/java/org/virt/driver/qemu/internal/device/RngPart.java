package org.virt.driver.qemu.internal.device;

import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.PciKind;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Sources of random numbers. */
public final class RngPart implements Part {
  private static final Set<String> MODELS =
      Set.of("virtio", "virtio-transitional", "virtio-non-transitional");

  @Override
  public PciKind pci(Guest guest, Node rng) {
    return Virtio.pci(guest, rng, rng.get("@model"));
  }

  @Override
  public void complete(Guest guest, Node rng) {
    Node backend = rng.child("backend");
    if (backend != null && backend.is("@model", "random") && backend.text().isEmpty()) {
      backend.text("/dev/random");
    }
  }

  @Override
  public void check(Guest guest, Node rng) throws VirtException {
    if (!MODELS.contains(rng.get("@model", ""))) {
      throw Refusal.value(rng.path("@model"), rng.get("@model"));
    }
    rng.require("backend/@model");
    rng.oneOf("backend/@model", "random", "egd", "builtin");
    if (rng.is("backend/@model", "egd")) {
      Chardev.check(rng.child("backend"));
    }
  }

  @Override
  public void write(Machine machine, Node rng, CommandLine out) throws VirtException {
    String alias = Machine.alias(rng);
    String source = "obj" + alias;
    switch (rng.get("backend/@model")) {
      case "random" ->
          out.add(
              "-object",
              Props.object("rng-random", source).put("filename", rng.child("backend").text()));
      case "builtin" -> out.add("-object", Props.object("rng-builtin", source));
      default -> {
        Chardev.write(rng.child("backend"), "char" + alias, out);
        out.add("-object", Props.object("rng-egd", source).put("chardev", "char" + alias));
      }
    }
    Props props = Props.device(Virtio.driver("virtio-rng", rng, rng.get("@model")));
    Virtio.options(props, rng).put("rng", source).put("id", alias);
    Node rate = rng.child("rate");
    if (rate != null) {
      props.put("max-bytes", rate.number("@bytes")).put("period", rate.number("@period", 1000));
    }
    out.device(machine.place(props, rng));
  }
}
