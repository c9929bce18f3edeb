package org.virt.driver.qemu.internal.machine;

import java.util.Optional;
import org.virt.api.ErrorCode;
import org.virt.api.VirtException;
import org.virt.api.xml.XmlElement;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Numbers;
import org.virt.model.edit.DeviceEdit;

/** Changes how much of a virtio memory device a guest that runs is asked to have. */
record MemoryChange(Run run) {
  private static final String REQUESTED = "requested";
  private static final long KIB = 1024;

  /** Changes it, and returns it as it is then; QEMU refuses a size that is no part of it. */
  XmlElement change(XmlElement old, XmlElement wanted) throws VirtException {
    if (!"virtio-mem".equals(old.attribute("model"))) {
      throw refused("of model '" + old.attribute("model") + "' nothing");
    }
    for (String fixed : new String[] {"size", "block", "node"}) {
      Optional<String> asked = target(wanted, fixed);
      if (asked.isPresent() && !asked.equals(target(old, fixed))) {
        throw refused("of its <" + fixed + "> nothing");
      }
    }
    String kib =
        target(wanted, REQUESTED)
            .orElseThrow(
                () -> new VirtException(ErrorCode.XML_ERROR, "<requested> is missing in <target>"));
    run.execute(
        "qom-set",
        Json.object(
            "path",
            "/machine/peripheral/" + DeviceEdit.alias(old),
            "property",
            "requested-size",
            "value",
            Long.parseLong(kib) * KIB));
    XmlElement requested = old.make("target").make(REQUESTED);
    requested.set("unit", "KiB");
    requested.setText(kib);
    return old;
  }

  /** Returns what a device's target says, sizes in KiB. */
  private static Optional<String> target(XmlElement memory, String part) throws VirtException {
    Optional<XmlElement> element = memory.child("target").flatMap(target -> target.child(part));
    if (element.isEmpty()) {
      return Optional.empty();
    }
    Node value = Node.of(element.get());
    if (!part.equals("node")) {
      Numbers.toKib(value);
    }
    return Optional.of(value.text());
  }

  private static VirtException refused(String what) {
    return new VirtException(
        ErrorCode.OPERATION_UNSUPPORTED,
        "a running domain's <memory>: " + what + " can be changed");
  }
}
