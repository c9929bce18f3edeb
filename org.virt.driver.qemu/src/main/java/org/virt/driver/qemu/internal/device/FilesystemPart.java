package org.virt.driver.qemu.internal.device;

import java.util.List;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.driver.qemu.internal.guest.Offer;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.PciKind;
import org.virt.driver.qemu.internal.guest.Props;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Folders of the host: 9p and virtiofs. */
public final class FilesystemPart implements Part {
  private static final List<Offer> DRIVERS =
      Offer.list("driverType", "path", "virtio-9p-pci", "virtiofs", "vhost-user-fs-pci");

  @Override
  public void complete(Guest guest, Node fs) {
    fs.fill("type", "mount");
    if (!fs.has("source/@socket")) {
      fs.fill("accessmode", "passthrough");
    }
    for (String mode : List.of("fmode", "dmode")) {
      String octal = fs.get("@" + mode, "");
      if (octal.matches("[0-7]{1,4}")) {
        fs.set(mode, "%04o".formatted(Integer.parseInt(octal, 8)));
      }
    }
  }

  @Override
  public PciKind pci(Guest guest, Node fs) {
    return Virtio.pci(guest, fs, fs.get("@model"));
  }

  @Override
  public List<Offer> offers(Board board) {
    return DRIVERS;
  }

  @Override
  public void check(Guest guest, Node fs) throws VirtException {
    fs.oneOf("@type", "mount", "file", "block", "template", "ram", "bind", "volume");
    if (!fs.is("@type", "mount")) {
      throw Refusal.value(fs.path("@type"), fs.get("@type"));
    }
    fs.oneOf("@accessmode", "passthrough", "mapped", "squash");
    fs.oneOf("@model", "virtio", "virtio-transitional", "virtio-non-transitional");
    fs.oneOf("driver/@type", "path", "handle", "virtiofs");
    fs.require("target/@dir");
    for (String limit : List.of("space_hard_limit", "space_soft_limit")) {
      Node space = fs.child(limit);
      if (space != null) {
        Numbers.bytes(space, space.text(), "bytes");
      }
    }
    boolean virtiofs = fs.is("driver/@type", "virtiofs");
    if (fs.has("boot") && !virtiofs) {
      throw Refusal.of(fs.path("boot"), "is for 'virtiofs'");
    }
    if ((fs.has("@fmode") || fs.has("@dmode")) && !fs.is("@accessmode", "mapped")) {
      throw Refusal.of(fs.path("@accessmode"), "fmode and dmode need 'mapped'");
    }
    if (!virtiofs) {
      fs.require("source/@dir");
      if (fs.has("driver/@queue")) {
        throw Refusal.of(fs.path("driver/@queue"), "needs type 'virtiofs'");
      }
    } else if (fs.has("driver/@format") || fs.has("driver/@wrpolicy")) {
      throw Refusal.of(fs.path("driver"), "'virtiofs' has neither format nor wrpolicy");
    } else if (!isShared(guest)) {
      throw Refusal.of(fs.path(), "'virtiofs' needs shared memory (<access mode='shared'/>)");
    } else if (fs.has("readonly")) {
      throw Refusal.of(fs.path("readonly"), "'virtiofs' cannot be read-only");
    }
  }

  static boolean isShared(Guest guest) {
    boolean all = guest.root().is("memoryBacking/access/@mode", "shared");
    Node numa = guest.root().child("cpu/numa");
    if (all || numa == null) {
      return all;
    }
    return numa.children("cell").stream().allMatch(cell -> cell.is("@memAccess", "shared"));
  }

  @Override
  public void write(Machine machine, Node fs, CommandLine out) throws VirtException {
    String alias = Machine.alias(fs);
    String tag = fs.get("target/@dir");
    if (fs.is("driver/@type", "virtiofs")) {
      String own = socket(machine.facts().socketFolder(), alias);
      String socket = CommandLine.escape(fs.get("source/@socket", own));
      out.add("-chardev", "socket,id=chr-vu-" + alias + ",path=" + socket);
      Props props = Props.device(Virtio.driver("vhost-user-fs", fs, fs.get("@model")));
      Virtio.options(props, fs).put("id", alias).put("chardev", "chr-vu-" + alias);
      props.put("queue-size", fs.number("driver/@queue")).put("tag", tag);
      props.put("bootindex", machine.bootIndex(fs));
      out.device(machine.place(props, fs));
      return;
    }
    String device = "fsdev-" + alias;
    out.add("-fsdev", local(fs) + ",id=" + device + path(fs));
    Props props = Props.device(Virtio.driver("virtio-9p", fs, fs.get("@model")));
    Virtio.options(props, fs).put("id", alias).put("fsdev", device).put("mount_tag", tag);
    out.device(machine.place(props, fs));
  }

  /** Returns the path of the socket of a daemon that is started with the machine. */
  public static String socket(String folder, String alias) {
    return folder + "/" + alias + "-fs.sock";
  }

  private static String path(Node fs) {
    String read = fs.has("readonly") ? ",readonly=on" : "";
    return ",path=" + CommandLine.escape(fs.get("source/@dir")) + read;
  }

  private static String local(Node fs) {
    String model =
        switch (fs.get("@accessmode")) {
          case "mapped" -> "mapped";
          case "squash" -> "none";
          default -> "passthrough";
        };
    String options = "local,security_model=" + model;
    options += fs.has("@multidevs") ? ",multidevs=" + fs.get("@multidevs") : "";
    options += fs.has("@fmode") ? ",fmode=" + fs.get("@fmode") : "";
    options += fs.has("@dmode") ? ",dmode=" + fs.get("@dmode") : "";
    if (fs.is("driver/@type", "handle")) {
      options = "handle";
    }
    return options + (fs.is("driver/@wrpolicy", "immediate") ? ",writeout=immediate" : "");
  }
}
