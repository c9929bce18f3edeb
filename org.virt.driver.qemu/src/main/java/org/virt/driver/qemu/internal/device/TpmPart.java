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
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Trusted platform modules: emulated, external, or the host's. */
public final class TpmPart implements Part {
  private static final List<Offer> MODELS =
      Offer.list(
          "model",
          "tpm-tis",
          "tpm-tis",
          "tpm-crb",
          "tpm-crb",
          "tpm-spapr",
          "tpm-spapr",
          "tpm-spapr-proxy",
          "spapr-tpm-proxy");

  private static final List<Offer> BACKENDS =
      Offer.list(
          "backendModel",
          "passthrough",
          "tpm-passthrough",
          "emulator",
          "tpm-emulator",
          "external",
          "tpm-emulator");

  private static final List<Offer> VERSIONS =
      Offer.list("backendVersion", "1.2", "tpm-emulator", "2.0", "tpm-emulator");

  @Override
  public void complete(Guest guest, Node tpm) {
    tpm.fill("model", guest.board() == Board.PSERIES ? "tpm-spapr" : "tpm-tis");
    Node backend = tpm.child("backend");
    if (backend == null || !backend.is("@type", "emulator")) {
      return;
    }
    if (!backend.has("@version")) {
      boolean old = tpm.is("@model", "tpm-tis") && guest.board().isPc();
      backend.set("version", old ? "1.2" : "2.0");
    }
  }

  @Override
  public List<Offer> offers(Board board) {
    return Offer.all(MODELS, BACKENDS, VERSIONS);
  }

  @Override
  public void check(Guest guest, Node tpm) throws VirtException {
    if (!tpm.has("backend") || !tpm.has("backend/@type")) {
      throw Refusal.xml(tpm.path("backend"), "missing");
    }
    tpm.oneOf("@model", Offer.values(MODELS));
    tpm.oneOf("backend/@type", Offer.values(BACKENDS));
    if (tpm.is("backend/@type", "external")) {
      tpm.require("backend/source/@type");
    }
    tpm.oneOf("backend/@version", Offer.values(VERSIONS));
    boolean old = tpm.is("backend/@version", "1.2");
    if (tpm.has("backend/active_pcr_banks") && !tpm.is("backend/@version", "2.0")) {
      throw Refusal.xml(tpm.path("backend/active_pcr_banks"), "needs version '2.0'");
    }
    if (tpm.on("backend/source/reconnect/@enabled")) {
      tpm.require("backend/source/reconnect/@timeout");
    }
    if (old && tpm.is("@model", "tpm-crb", "tpm-spapr")) {
      throw Refusal.of(
          tpm.path("backend/@version"), "'1.2' is not for model '" + tpm.get("@model") + "'");
    }
    if (guest.devices("tpm").size() > 1 && guest.board() != Board.PSERIES) {
      throw Refusal.of(tpm.path(), "there is one only");
    }
  }

  @Override
  public void write(Machine machine, Node tpm, CommandLine out) throws VirtException {
    String id = "tpm-" + Machine.alias(tpm);
    switch (tpm.get("backend/@type")) {
      case "passthrough" -> {
        String device = tpm.get("backend/device/@path", "/dev/tpm0");
        String cancel = "/sys/class/tpm/" + device.replaceFirst(".*/", "") + "/device/cancel";
        String path = ",path=" + CommandLine.escape(device);
        out.add("-tpmdev", "passthrough,id=" + id + path + ",cancel-path=" + cancel);
      }
      default -> {
        boolean own = tpm.is("backend/@type", "emulator");
        String path =
            own
                ? machine.facts().socketFolder() + "/tpm.sock"
                : tpm.require("backend/source/@path");
        out.add("-chardev", "socket,id=chrtpm,path=" + CommandLine.escape(path));
        out.add("-tpmdev", "emulator,id=" + id + ",chardev=chrtpm");
      }
    }
    Props props = Props.device(tpm.get("@model")).put("tpmdev", id);
    out.device(machine.place(props.put("id", Machine.alias(tpm)), tpm));
  }
}
