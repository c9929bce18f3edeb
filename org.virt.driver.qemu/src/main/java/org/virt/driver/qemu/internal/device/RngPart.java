package org.virt.driver.qemu.internal.device;

import java.util.List;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Offer;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.PciKind;
import org.virt.driver.qemu.internal.guest.Props;

/** Sources of random numbers. */
public final class RngPart implements Part {
  private static final List<Offer> MODELS =
      Offer.list(
          "model",
          "virtio",
          "virtio-rng-pci",
          "virtio-transitional",
          "virtio-rng-pci-transitional",
          "virtio-non-transitional",
          "virtio-rng-pci-non-transitional");
  private static final List<Offer> BACKENDS =
      Offer.list(
          "backendModel", "random", "rng-random", "egd", "rng-egd", "builtin", "rng-builtin");

  /** What libvirt takes, in milliseconds. */
  private static final long PERIOD = 1000;

  @Override
  public PciKind pci(Guest guest, Node rng) {
    return Virtio.pci(guest, rng, rng.get("@model"));
  }

  @Override
  public void complete(Guest guest, Node rng) {
    if (rng.get("rate/@bytes", "0").equals("0")) {
      rng.drop("rate");
    }
    Node backend = rng.child("backend");
    if (backend != null) {
      Chardev.complete(backend);
    }
    if (backend != null && backend.is("@model", "random") && backend.text().isEmpty()) {
      backend.text("/dev/random");
    }
  }

  @Override
  public List<Offer> offers(Board board) {
    return Offer.all(MODELS, BACKENDS);
  }

  @Override
  public void check(Guest guest, Node rng) throws VirtException {
    rng.require("@model");
    rng.oneOf("@model", Offer.values(MODELS));
    rng.require("backend/@model");
    rng.oneOf("backend/@model", Offer.values(BACKENDS));
    if (rng.is("backend/@model", "egd")) {
      rng.require("backend/@type");
      Chardev.noAgent(rng.child("backend"));
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
      long period = rate.number("@period", 0);
      props.put("max-bytes", rate.number("@bytes")).put("period", period == 0 ? PERIOD : period);
    }
    out.device(machine.place(props, rng));
  }
}
