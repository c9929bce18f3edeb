package org.virt.driver.qemu.internal.board;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.CommandLine;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Machine;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Architecture, machine type and order of boot. */
public final class OsPart implements Part {
  private static final Set<String> BOOTS = Set.of("hd", "cdrom", "network", "fd");

  @Override
  public void complete(Guest guest, Node root) throws VirtException {
    Node os = root.child("os");
    if (os == null || !os.has("type") || os.get("type").isEmpty()) {
      throw Refusal.xml("/domain/os/type", "missing");
    }
    if (!os.get("type").equals("hvm")) {
      throw Refusal.value("/domain/os/type", os.get("type"));
    }
    Node menu = os.child("bootmenu");
    if (menu != null && !menu.on("@enable")) {
      menu.set("timeout", null);
    }
    boolean ordered = isOrdered(guest);
    if (ordered && os.has("boot")) {
      throw Refusal.of("/domain/os/boot", "devices have a boot order of their own");
    }
    if (!ordered && !os.has("boot")) {
      os.add(Node.of("boot", "dev", "hd"));
    }
    for (Node initrd : os.children("initrd")) {
      if (initrd.text().isEmpty()) {
        initrd.remove();
      }
    }
    FirmwareFiles.complete(os);
    for (Node device : guest.devices().children()) {
      if (device.has("boot/@loadparm")) {
        String upper = device.get("boot/@loadparm").toUpperCase(Locale.ROOT);
        device.child("boot").set("loadparm", upper);
      }
    }
  }

  private static boolean isOrdered(Guest guest) {
    return guest.devices().children().stream().anyMatch(device -> device.has("boot"));
  }

  @Override
  public void check(Guest guest, Node root) throws VirtException {
    Node os = root.child("os");
    for (Node boot : os.children("boot")) {
      if (!BOOTS.contains(boot.get("@dev", ""))) {
        throw Refusal.value(boot.path("@dev"), boot.get("@dev"));
      }
    }
    Long wait = os.number("bootmenu/@timeout");
    if (wait != null && wait > 65535) {
      throw Refusal.of("/domain/os/bootmenu/@timeout", wait + " is not within 0 to 65535");
    }
    if (os.is("smbios/@mode", "sysinfo")
        && root.children("sysinfo").stream().noneMatch(i -> i.is("@type", "smbios"))) {
      throw Refusal.xml("/domain/os/smbios/@mode", "'sysinfo' needs <sysinfo type='smbios'>");
    }
    if (os.on("bios/@useserial") && guest.devices("serial").isEmpty()) {
      throw Refusal.of("/domain/os/bios/@useserial", "the machine has no serial port");
    }
    Long timeout = os.number("bios/@rebootTimeout");
    if (timeout != null && (timeout < -1 || timeout > 65535)) {
      throw Refusal.xml("/domain/os/bios/@rebootTimeout", timeout + " is not within -1 to 65535");
    }
    List<Long> orders = new ArrayList<>();
    for (Node device : guest.devices().children()) {
      if (device.has("boot")) {
        Long order = device.number("boot/@order");
        if (order == null || order < 1 || orders.contains(order)) {
          throw Refusal.xml(device.path("boot/@order"), "'" + order + "' is missing, 0 or twice");
        }
        orders.add(order);
        loadparm(device);
      }
    }
    Firmware.check(guest, os);
  }

  private static void loadparm(Node device) throws VirtException {
    String loadparm = device.get("boot/@loadparm");
    if (loadparm != null && !loadparm.matches("[A-Za-z0-9. ]{1,8}")) {
      throw Refusal.xml(
          device.path("boot/@loadparm"), "'" + loadparm + "' is not 1 to 8 letters and digits");
    }
  }

  @Override
  public void write(Machine machine, Node root, CommandLine out) throws VirtException {
    Node os = root.child("os");
    List<String> options = new ArrayList<>();
    Node menu = os.child("bootmenu");
    if (menu != null && menu.has("@enable")) {
      options.add("menu=" + (menu.on("@enable") ? "on" : "off"));
    }
    if (os.has("bios/@rebootTimeout")) {
      options.add("reboot-timeout=" + os.number("bios/@rebootTimeout"));
    }
    if (menu != null && menu.on("@enable") && menu.has("@timeout")) {
      options.add("splash-time=" + menu.number("@timeout"));
    }
    options.add("strict=on");
    out.add("-boot", String.join(",", options));
    out.optional("-kernel", os.get("kernel"));
    if (!os.has("kernel") && (os.has("initrd") || os.has("cmdline"))) {
      throw Refusal.of("/domain/os", "initrd and cmdline need a kernel");
    }
    out.optional("-initrd", os.get("initrd"));
    out.optional("-append", os.get("cmdline"));
    out.optional("-dtb", os.get("dtb"));
    for (Node table : os.children("acpi")) {
      for (Node slic : table.children("table")) {
        out.add("-acpitable", "sig=SLIC,file=" + CommandLine.escape(slic.text()));
      }
    }
  }
}
