package org.virt.driver.qemu.internal.config;

import java.util.List;
import java.util.regex.Pattern;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;
import org.virt.model.domain.DomainConfig;
import org.virt.model.domain.UnknownPart;

/**
 * Refuses to start a machine that asks for what this driver does not do: a guest never gets other
 * hardware than it was promised.
 */
public final class SupportCheck {
  private static final String DEVICE = "(\\[[0-9]+\\])?";

  /** What is read though the model does not name it, or what no guest sees. */
  private static final Pattern FINE =
      Pattern.compile(
          "/domain/("
              + String.join(
                  "|",
                  "pm",
                  "resource(/.*)?",
                  "seclabel",
                  "features/vmport",
                  "devices/audio",
                  "devices/controller" + DEVICE + "/(model|target|@ports)",
                  "devices/disk" + DEVICE + "/source/@index",
                  "devices/disk" + DEVICE + "/backingStore")
              + ")");

  private SupportCheck() {}

  /** Where threads run is set once they run; shares need a control group. */
  private static void pinsOnly(DomainConfig config) throws VirtException {
    for (var tune : config.otherElements) {
      for (var part : tune.name().equals("cputune") ? tune.children() : List.<XmlElement>of()) {
        if (!part.name().matches("(vcpu|emulator|iothread)pin")) {
          throw Refusal.of("/domain/cputune/" + part.name(), "not supported by the QEMU driver");
        }
      }
    }
  }

  /** Throws {@code CONFIG_UNSUPPORTED} with the first part that cannot be done. */
  public static void run(DomainConfig config) throws VirtException {
    for (UnknownPart part : config.unknown()) {
      if (part.path().equals("/domain/cputune")) {
        pinsOnly(config);
      } else if (!FINE.matcher(part.path()).matches()) {
        throw Refusal.of(part.path(), "not supported by the QEMU driver");
      }
    }
    for (var element : config.devices.otherElements) {
      // QEMU's "none" is what there is without the element.
      if (element.name().equals("audio") && !"none".equals(element.attribute("type"))) {
        throw Refusal.value("/domain/devices/audio/@type", element.attribute("type"));
      }
    }
    for (var disk : config.devices.disks) {
      boolean chain =
          Nodes.kept(disk, "backingStore").filter(b -> !b.children().isEmpty()).isPresent();
      if (chain) {
        String path = Nodes.path("disk", config.devices.disks, disk);
        throw Refusal.of(path + "/backingStore", "not supported by the QEMU driver");
      }
    }
  }
}
