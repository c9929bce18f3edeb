package org.virt.driver.qemu.internal.device;

import java.util.List;
import org.virt.api.VirtException;
import org.virt.driver.qemu.internal.guest.Guest;
import org.virt.driver.qemu.internal.guest.Node;
import org.virt.driver.qemu.internal.guest.Part;
import org.virt.driver.qemu.internal.guest.Refusal;

/** Which USB devices may come over the network; {@link RedirdevPart} tells QEMU. */
public final class RedirfilterPart implements Part {
  @Override
  public void check(Guest guest, Node filter) throws VirtException {
    if (guest.devices("redirfilter").size() > 1) {
      throw Refusal.of(filter.path(), "there is one only");
    }
  }

  @Override
  public void complete(Guest guest, Node filter) {
    for (Node rule : filter.children("usbdev")) {
      for (String part : List.of("class", "vendor", "product", "version")) {
        // Any, which is what is meant without.
        if (rule.is("@" + part, "-1")) {
          rule.set(part, null);
        }
      }
    }
  }
}
