package org.virt.driver.qemu.internal.device;

import java.util.List;
import java.util.regex.Pattern;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Board;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Devices that QEMU has for the machines of some architectures alone. */
final class BoardCheck {
  private static final String X86 = "x86_64|i686";
  private static final String ARM = "aarch64|armv[67]l";
  private static final String POWER = "ppc64|ppc64le";
  private static final String Z = "s390x|s390";
  private static final String NOT_Z = "(?!s390).*";

  private static final List<Rule> RULES =
      List.of(
          new Rule("console", "target/@type", "sclp|sclplm", Z),
          new Rule("controller", "@type", "sata", NOT_Z),
          new Rule("controller", "@model", "lsilogic|buslogic|lsisas.*|dc390|am53c974", NOT_Z),
          new Rule("iommu", "@model", "smmuv3", ARM),
          new Rule("memory", "@model", "dimm", X86 + "|" + ARM + "|" + POWER),
          new Rule("memory", "@model", "nvdimm", X86 + "|" + ARM + "|" + POWER),
          new Rule("memory", "@model", "virtio-mem", X86 + "|" + ARM),
          new Rule("shmem", "model/@type", ".*", NOT_Z),
          new Rule("tpm", "@model", "tpm-spapr(-proxy)?", POWER),
          new Rule("tpm", "@model", "tpm-crb", X86),
          new Rule("tpm", "@model", "tpm-tis", X86 + "|" + ARM + "|riscv.*"),
          new Rule("video", "model/@type", "vga|cirrus|vmvga|bochs|ramfb|qxl", NOT_Z),
          new Rule("video", "model/@type", "ramfb", "(?!ppc|s390).*"));

  /** What of a device is there on some architectures: where it stands, its values, and theirs. */
  private record Rule(String device, String path, Pattern values, Pattern architectures) {
    Rule(String device, String path, String values, String architectures) {
      this(device, path, Pattern.compile(values), Pattern.compile(architectures));
    }

    boolean forbids(String arch, Node node) {
      return node.name().equals(device)
          && node.has(path)
          && values.matcher(node.get(path)).matches()
          && !architectures.matcher(arch).matches();
    }
  }

  private BoardCheck() {}

  static void run(Guest guest, Node device) throws VirtException {
    for (Rule rule : RULES) {
      if (rule.forbids(guest.arch(), device)) {
        throw Refusal.of(
            device.path(rule.path()),
            "'" + device.get(rule.path()) + "' is not for machines of " + guest.arch());
      }
    }
    // The first console is the first serial line, listed twice.
    boolean vio = device.is("address/@type", "spapr-vio") && !device.name().equals("console");
    if (vio && device.has("address/@reg")) {
      Long register = device.number("address/@reg");
      for (Node other : guest.devices().children()) {
        boolean also =
            other != device
                && !other.name().equals("console")
                && other.is("address/@type", "spapr-vio");
        if (also && register.equals(other.number("address/@reg"))) {
          throw Refusal.xml(device.path("address/@reg"), "is that of " + other.path() + ", too");
        }
      }
    }
    if (device.is("@model", "nvdimm") && device.has("uuid") && guest.board() != Board.PSERIES) {
      throw Refusal.of(device.path("uuid"), "is for machines of ppc64");
    }
    boolean label = device.has("target/label/size");
    if (guest.board() == Board.PSERIES && device.is("@model", "nvdimm") && !label) {
      throw Refusal.of(device.path("target/label/size"), "missing");
    }
  }
}
